import Foundation
import Glibc
import TestSupport
import Testing

/// IMAGESWAP_NAMESPACE_MAPS_DIR: namespaces' own rules, through nginx, the supervisor and its workers.
struct NamespaceRulesTests {
    /// The service, with a directory as a ConfigMap volume makes one: links to a folder that is exchanged as a whole.
    private struct Setup {
        let folder: TemporaryFolder
        let service: Service

        init(_ files: [String: String], environment: [String: String] = [:]) throws {
            folder = try TemporaryFolder()
            let own = folder / "own"
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            try Self.publish(files, in: folder)
            service = try Service(
                maps: "default::m.example.com\n[PULL_SECRET]m.example.com::regcred\n",
                environment: ["IMAGESWAP_NAMESPACE_MAPS_DIR": own.path].merging(environment) { $1 })
        }

        func publish(_ files: [String: String]) throws { try Self.publish(files, in: folder) }

        private static func publish(_ files: [String: String], in folder: TemporaryFolder) throws {
            let (own, version) = (folder / "own", "..\(UUID().uuidString)")
            let manager = FileManager.default
            try manager.createDirectory(at: own.appending(path: version), withIntermediateDirectories: true)
            for (name, text) in files {
                try Data(text.utf8).write(to: own.appending(path: version).appending(path: name))
            }
            try manager.createSymbolicLink(
                atPath: own.appending(path: "..next").path, withDestinationPath: version)
            let renamed = unsafe rename(own.appending(path: "..next").path, own.appending(path: "..data").path)
            #expect(renamed == 0)
            let links = try manager.contentsOfDirectory(atPath: own.path).filter { !$0.hasPrefix("..") }
            for name in links where files[name] == nil { try manager.removeItem(at: own.appending(path: name)) }
            for name in files.keys where !links.contains(name) {
                try manager.createSymbolicLink(
                    atPath: own.appending(path: name).path, withDestinationPath: "..data/\(name)")
            }
        }

        /// What becomes of nginx in a pod of a namespace.
        func image(_ namespace: String) throws -> String {
            let request: [String: Any] = [
                "uid": "u", "kind": ["kind": "Pod"], "operation": "UPDATE", "namespace": namespace,
                "object": ["spec": ["containers": [["name": "a", "image": "nginx"]]]],
            ]
            let body = try JSONSerialization.data(withJSONObject: [
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request,
            ])
            return try service.post(body).patch()["/spec/containers/0/image"] ?? "nginx"
        }

        func eventually(_ namespace: String, _ image: String) throws -> Bool {
            try ServiceTests.eventually(within: 10) { try self.image(namespace) == image }
        }
    }

    @Test func aNamespacesOwnRulesServeItAlone() throws {
        let setup = try Setup(["team-a.conf": "default::a.example.com", "team-b.conf": "default::\n"])
        #expect(try setup.image("team-a") == "a.example.com/nginx")
        #expect(try setup.image("team-b") == "nginx")
        for other in ["team-c", "", "..", "../own/team-a", "team-a.conf", "TEAM-A", "..data", "team-a/", "\u{0}"] {
            #expect(try setup.image(other) == "m.example.com/nginx", "\(other.debugDescription)")
        }
        #expect(try setup.service.metric("imageswap_namespace_rules") == 2)
        #expect(try setup.service.metric("imageswap_namespace_rules_last_load_success") == 1)
        // Lines of a namespace's file are not counted as the map file's.
        #expect(try setup.service.metric("imageswap_rule_hits_total") == 9)
        let isLogged = eventually {
            setup.service.responder.output.contains("nginx -> a.example.com/nginx (default, namespace line 1)")
        }
        #expect(isLogged)
    }

    @Test func changesServeWithinSecondsAndBrokenFilesKeepWhatServed() throws {
        let setup = try Setup([:])
        #expect(try setup.image("team-a") == "m.example.com/nginx")
        try setup.publish(["team-a.conf": "default::a.example.com", "team-b.conf": "default::b.example.com"])
        #expect(try setup.eventually("team-a", "a.example.com/nginx"))
        #expect(try setup.eventually("team-b", "b.example.com/nginx"))

        // One is emptied while the other changes; the map file is broken at the same time.
        try setup.publish(["team-a.conf": "# nothing\n", "team-b.conf": "default::b2.example.com"])
        _ = try setup.service.folder.write("nothing that could be read\n", to: "maps.conf")
        #expect(try setup.eventually("team-b", "b2.example.com/nginx"))
        #expect(try setup.image("team-a") == "a.example.com/nginx")
        #expect(try setup.image("team-c") == "m.example.com/nginx")
        let isTold = try eventually {
            try setup.service.metric("imageswap_namespace_rules_last_load_success") == 0
                && setup.service.metric("imageswap_rules_last_load_success") == 0
        }
        #expect(isTold)
        let isLogged = eventually {
            setup.service.responder.output.contains("team-a.conf cannot be used: it has no rules any more")
        }
        #expect(isLogged)

        // Workers that start now have all that serves.
        let before = Set(try setup.service.workers())
        for worker in before { kill(worker, SIGKILL) }
        #expect(try eventually { try before.isDisjoint(with: setup.service.servingWorkers()) })
        #expect(try setup.image("team-a") == "a.example.com/nginx")
        #expect(try setup.image("team-b") == "b2.example.com/nginx")

        try setup.publish(["team-b.conf": "default::b2.example.com"])
        #expect(try setup.eventually("team-a", "m.example.com/nginx"))
        _ = try setup.service.folder.write("default::m2.example.com\n", to: "maps.conf")
        #expect(try setup.eventually("team-a", "m2.example.com/nginx"))
        #expect(try setup.image("team-b") == "b2.example.com/nginx")
        let isWell = try eventually {
            try setup.service.metric("imageswap_namespace_rules_last_load_success") == 1
                && setup.service.metric("imageswap_rules_last_load_success") == 1
        }
        #expect(isWell)
    }

    /// The volume of a ConfigMap that need not be there is an empty directory, until it is.
    @Test func aDirectoryMayBeFilledLaterAndEmptiedAgain() throws {
        let setup = try Setup([:])
        #expect(try setup.image("team-a") == "m.example.com/nginx")
        #expect(try setup.service.metric("imageswap_namespace_rules") == 0)
        try setup.publish(["team-a.conf": "default::a.example.com"])
        #expect(try setup.eventually("team-a", "a.example.com/nginx"))
        #expect(try setup.image("team-b") == "m.example.com/nginx")
        try setup.publish([:])
        #expect(try setup.eventually("team-a", "m.example.com/nginx"))
    }

    @Test func changesUnderLoadLoseNothing() throws {
        let setup = try Setup(
            ["team-a.conf": "default::a.example.com"], environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"])
        let load = try Load(on: setup.service, seconds: 5)
        for number in 0..<3 {
            try setup.publish(["team-a.conf": "default::a\(number).example.com"])
            #expect(try setup.eventually("team-a", "a\(number).example.com/nginx"))
        }
        let result = try load.result()
        #expect(result.requests > 100)
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
    }

    @Test func aWorkerAloneReadsTheDirectoryItself() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(at: folder / "own", withIntermediateDirectories: true)
        _ = try folder.write("default::a.example.com", to: "own/team-a.conf")
        let maps = try folder.write("default::m.example.com\n", to: "maps.conf")
        let socket = (folder / "s").path
        let worker = try Program(
            "/usr/bin/spawn-fcgi",
            ["-n", "-s", socket, "--", Program.built.appending(path: "imageswap-responder").path, "worker"],
            environment: ["IMAGESWAP_MAPS_FILE": maps, "IMAGESWAP_NAMESPACE_MAPS_DIR": (folder / "own").path],
            log: folder / "log")
        defer { worker.end() }
        let body = Array(
            #"""
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"kind":"Pod"},
            "operation":"CREATE","namespace":"team-a","object":{"spec":{"containers":[{"image":"nginx"}]}}}}
            """#.utf8)
        func becomes(_ image: String) -> Bool {
            eventually(within: 10) {
                guard let peer = try? FastCGIPeer(to: socket) else { return false }
                let records =
                    FastCGIRecord.head("POST", "/", length: body.count) + FastCGIRecord.input(body)
                    + [FastCGIRecord.endOfInput]
                for record in records { peer.send(record) }
                let patch = #"[{"op":"replace","path":"/spec/containers/0/image","value":"\#(image)"}]"#
                return peer.answer().contains(Data(patch.utf8).base64EncodedString())
            }
        }
        #expect(becomes("a.example.com/nginx"), "\(worker.output)")
        _ = try folder.write("default::b.example.com", to: "own/team-a.conf")
        #expect(becomes("b.example.com/nginx"), "\(worker.output)")
        _ = try folder.write("default::m2.example.com\n", to: "maps.conf")
        try FileManager.default.removeItem(at: folder / "own/team-a.conf")
        #expect(becomes("m2.example.com/nginx"), "\(worker.output)")
    }

    @Test func aDirectoryThatIsNotThereEndsTheStartWith78() throws {
        let folder = try TemporaryFolder()
        let maps = try folder.write("default::m.example.com\n", to: "maps")
        let (code, output) = try Program.run(
            "imageswap-responder", ["--socket", (folder / "s").path],
            environment: ["IMAGESWAP_MAPS_FILE": maps, "IMAGESWAP_NAMESPACE_MAPS_DIR": (folder / "none").path])
        #expect(code == 78)
        #expect(output.contains("IMAGESWAP_NAMESPACE_MAPS_DIR names the directory to read"), "\(output)")
    }
}
