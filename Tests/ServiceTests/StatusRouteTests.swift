import Foundation
import Glibc
import TestSupport
import Testing

/// `/status` through nginx, the supervisor and its workers.
struct StatusRouteTests {
    private func get(_ service: Service, _ path: String, _ options: [String] = []) throws -> String {
        try service.curl(["--unix-socket", (service.folder / "m").path] + options + ["http://m\(path)"]).output
    }

    private func status(_ service: Service) throws -> [String: Any] {
        let text = try get(service, "/status?format=json")
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private func swaps(_ service: Service) throws -> [[String: Any]] {
        try #require(try status(service)["swaps"] as? [[String: Any]])
    }

    private func rules(_ service: Service) throws -> [String: Any] {
        try #require(try status(service)["rules"] as? [String: Any])
    }

    private func review(_ name: String, _ images: [String]) throws -> Data {
        try JSONSerialization.data(withJSONObject: [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": [
                "uid": "u", "kind": ["kind": "Pod"], "operation": "CREATE", "namespace": "shop", "name": name,
                "object": ["spec": ["containers": images.map { ["image": $0] }]],
            ] as [String: Any],
        ])
    }

    @Test func itIsOnTheMonitoringListenerAlone() throws {
        let service = try Service(maps: "default::m.example.com\n")
        #expect(try get(service, "/status", ["-w", " %{http_code}"]).hasSuffix("</html>\n 200"))
        #expect(try get(service, "/status", ["-X", "POST", "-w", " %{http_code}"]).hasSuffix("takes GET, HEAD\n 405"))
        #expect(try get(service, "/status/", ["-w", " %{http_code}"]).hasSuffix(" 404"))
        for path in ["/status", "/status?format=json", "//status", "/x/../status", "/%73tatus", "/status/", "/Status"] {
            #expect(try service.request("GET", path).status == 404, "\(path)")
        }
        #expect(try service.request("POST", "/status", body: Data("{}".utf8)).status == 404)
    }

    @Test func itsHeadLetsNothingInButItsOwnStyleAndScript() throws {
        let service = try Service(maps: "default::m.example.com\n")
        for path in ["/status", "/status?format=json"] {
            let head = try get(service, path, ["-I"])
            #expect(head.hasPrefix("HTTP/1.1 200 OK"))
            let type = path.hasSuffix("json") ? "application/json" : "text/html; charset=utf-8"
            for line in [
                "Content-Type: \(type)", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
                "Referrer-Policy: no-referrer", "Content-Security-Policy: default-src 'none'; style-src 'sha256-",
            ] {
                #expect(head.contains("\r\n\(line)"), "\(line) is not in \(head)")
            }
            #expect(!head.contains("unsafe"))
        }
    }

    @Test func itTellsWhatWasSwappedAndByWhichRules() throws {
        let service = try Service(maps: "default::m.example.com\nquay.io::q.example.com\nghcr.io::\nnonsense\n")
        #expect(try service.post(review("web", ["nginx", "quay.io/a/b:1", "ghcr.io/c"])).status == 200)
        let swaps = try swaps(service)
        #expect(swaps.map { $0["from"] as? String } == ["quay.io/a/b:1", "nginx"])
        #expect(swaps.map { $0["to"] as? String } == ["q.example.com/a/b:1", "m.example.com/nginx"])
        #expect(swaps.map { $0["line"] as? Int } == [2, 1])
        #expect(swaps.allSatisfy { $0["namespace"] as? String == "shop" && $0["name"] as? String == "web" })
        let rules = try #require(try rules(service)["rules"] as? [[String: Any]])
        #expect(rules.map { $0["hits"] as? Int } == [1, 1, 1])
        #expect(((try self.rules(service)["faults"] as? [[String: Any]])?.first?["text"] as? String) == "nonsense")
        // Once the other worker runs, too.
        let isHealthy = try eventually {
            (try status(service)["health"] as? [String: Any])?["state"] as? String == "healthy"
        }
        #expect(isHealthy)

        let page = try get(service, "/status")
        #expect(page.contains("<h1>Healthy</h1>"))
        #expect(page.contains("<code class=\"from\">quay.io/a/b:1</code>"))
    }

    @Test func killedWorkersTakeNoSwapAlongAndAreTold() throws {
        let service = try Service(maps: "default::m.example.com\n")
        for number in 0..<20 { #expect(try service.post(review("pod-\(number)", ["nginx:\(number)"])).status == 200) }
        let before = try swaps(service).map { $0["name"] as? String }
        #expect(before.count == 20)
        let workers = Set(try service.workers())
        for worker in workers { kill(worker, SIGKILL) }
        #expect(try eventually { try workers.isDisjoint(with: service.servingWorkers()) })
        #expect(try swaps(service).map { $0["name"] as? String } == before)
        let told = try eventually {
            let workers = try status(service)["workers"] as? [String: Any]
            let restarts = workers?["restarts"] as? [[String: Any]] ?? []
            return restarts.contains { $0["reason"] as? String == "signal" && $0["count"] as? Int == 2 }
        }
        #expect(told)
        #expect(try service.post(review("after", ["nginx"])).status == 200)
        #expect(try swaps(service).first?["name"] as? String == "after")
    }

    /// Workers die while they keep swaps: whatever is read is whole.
    @Test func swapsAreWholeWhileWorkersAreKilled() throws {
        let service = try Service(
            maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"])
        let load = try Load(on: service, seconds: 4)
        for _ in 0..<15 {
            if let worker = try service.workers().randomElement() { kill(worker, SIGKILL) }
            let isWhole = try swaps(service).allSatisfy { swap in
                guard let from = swap["from"] as? String, let to = swap["to"] as? String else { return false }
                return to == "m.example.com/\(from)" || to.hasSuffix("/" + (from.split(separator: "/").last ?? ""))
            }
            #expect(isWhole)
            usleep(100_000)
        }
        #expect(try load.result().requests > 100)
        #expect(try swaps(service).count == 64)
    }

    @Test func aBrokenMapFileIsAProblemWithItsReason() throws {
        let service = try Service(
            maps: "default::m.example.com\n", environment: ["IMAGESWAP_STRICT_MAPS": "true"])
        _ = try service.folder.write("default::m2.example.com\nnonsense\n", to: "maps.conf")
        let isTold = try eventually(within: 10) {
            let health = try status(service)["health"] as? [String: Any]
            // Workers may be missing still, which is a problem of its own.
            let problems = health?["problems"] as? [String] ?? []
            return health?["state"] as? String == "degraded" && problems.contains("rules_not_loaded")
        }
        #expect(isTold)
        let page = try get(service, "/status")
        #expect(page.contains("data-problem=\"rules_not_loaded\""))
        #expect(
            page.contains(
                "IMAGESWAP_STRICT_MAPS is set; line 2, column 9: no &#39;::&#39; separates a key from a value"))
        #expect(page.contains("<code>m.example.com</code>"))
        _ = try service.folder.write("default::m3.example.com\n", to: "maps.conf")
        let isWell = try eventually(within: 10) {
            let health = try status(service)["health"] as? [String: Any]
            let rules = try rules(service)["rules"] as? [[String: Any]]
            return health?["state"] as? String == "healthy" && rules?.first?["value"] as? String == "m3.example.com"
        }
        #expect(isWell)
        #expect(try !get(service, "/status").contains("class=\"alert\""))
    }

    @Test func namespacesAndCertificateAreThere() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(at: folder / "own", withIntermediateDirectories: true)
        _ = try folder.write("default::a.example.com", to: "own/team-a.conf")
        try Service.makeCertificates(in: folder, names: ["localhost"])
        // As cert-manager has it: the authority behind the certificate.
        let chain = try Data(contentsOf: folder / "tls/tls.crt") + Data(contentsOf: folder / "tls/ca.crt")
        try chain.write(to: folder / "chain.crt")
        let service = try Service(
            maps: "",
            environment: [
                "IMAGESWAP_NAMESPACE_MAPS_DIR": (folder / "own").path,
                "IMAGESWAP_TLS_CERT": (folder / "chain.crt").path,
            ])
        var certificate: [String: Any] = [:]
        let isTold = try eventually {
            certificate = try status(service)["certificate"] as? [String: Any] ?? [:]
            return certificate["days_left"] != nil
        }
        #expect(isTold)
        #expect((certificate["days_left"] as? Int).map { $0 == 89 || $0 == 90 } == true, "\(certificate)")
        #expect((certificate["ca_days_left"] as? Int).map { $0 > 90 } == true, "\(certificate)")
        let namespaces = try #require(try status(service)["namespaces"] as? [String: Any])
        #expect((namespaces["namespaces"] as? [[String: Any]])?.first?["name"] as? String == "team-a")
    }

    @Test func aWorkerAloneHasItToo() throws {
        let folder = try TemporaryFolder()
        let maps = try folder.write("default::m.example.com\n", to: "maps.conf")
        let socket = (folder / "s").path
        let worker = try Program(
            "/usr/bin/spawn-fcgi",
            ["-n", "-s", socket, "--", Program.built.appending(path: "imageswap-responder").path, "worker"],
            environment: ["IMAGESWAP_MAPS_FILE": maps], log: folder / "log")
        defer { worker.end() }
        let isThere = eventually(within: 10) {
            guard let peer = try? FastCGIPeer(to: socket) else { return false }
            for record in FastCGIRecord.head("GET", "/status", length: 0) + [FastCGIRecord.endOfInput] {
                peer.send(record)
            }
            let answer = peer.answer()
            return answer.contains("<h1>Healthy</h1>") && answer.contains("<code>default</code>")
        }
        #expect(isThere, "\(worker.output)")
    }
}
