private import Certificates
private import Foundation
private import Posix
package import TestSupport

/// Debian's docker-registry on a port of loopback, filled by skopeo.
package final class RealRegistry: Sendable {
    package let folder: TemporaryFolder
    package let port: Int
    private let daemon: Daemon
    private let skopeoOptions: [String]
    private let numbers = Monitor(0)

    package var host: String { "127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - sections: more of its configuration, YAML, with $FOLDER for its folder.
    ///   - http: more of its section `http`.
    ///   - skopeo: how skopeo gets in.
    package init(
        _ folder: TemporaryFolder? = nil, sections: String = "", http: String = "",
        skopeo: [String] = ["--dest-tls-verify=false"]
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        skopeoOptions = skopeo
        // A free port can be taken by another test until the registry has it: then another one is tried.
        for _ in 0..<9 {
            if let (daemon, port) = try Self.start(self.folder, sections: sections, http: http) {
                (self.daemon, self.port) = (daemon, port)
                return
            }
        }
        throw Daemon.Failure(text: "no free port for a registry")
    }

    /// The registry and its port; nil where another program has it.
    private static func start(
        _ folder: TemporaryFolder, sections: String, http: String
    ) throws -> (Daemon, port: Int)? {
        let port = try freePort()
        let configuration = """
            version: 0.1
            log: {level: info}
            storage:
              filesystem: {rootdirectory: $FOLDER/storage}
              delete: {enabled: true}
            http:
              addr: 127.0.0.1:\(port)
            \(http)
            \(sections)
            """.replacingOccurrences(of: "$FOLDER", with: folder.path)
        let file = try folder.write(configuration, to: "registry.yml")
        let name = "registry-\(port).log"
        let daemon = try Daemon("/usr/bin/docker-registry", ["serve", file], log: (folder / name).path)
        func log() -> String { (try? folder.read(name)) ?? "" }
        let isTaken = { log().contains("address already in use") }
        // Whoever has the port would answer there; only ours says this.
        let isThere = eventually { log().contains("listening on 127.0.0.1:\(port)") || isTaken() }
        guard isThere else { throw Daemon.Failure(text: log()) }
        return isTaken() ? nil : (daemon, port)
    }

    /// Makes an image and has skopeo copy it there; its digest. One platform makes a manifest, more make an index.
    @discardableResult
    package func push(_ name: String, platforms: [String] = ["linux/amd64"], note: String = "") throws -> String {
        let layout = "layout-\(UUID().uuidString)"
        func put(_ text: String) throws -> (digest: String, size: Int) {
            let digits = SHA256.digest(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try folder.write(text, to: "\(layout)/blobs/sha256/\(digits)")
            return ("sha256:\(digits)", text.utf8.count)
        }
        var children: [String] = []
        var digest = ""
        for platform in platforms {
            let parts = platform.split(separator: "/")
            let (os, architecture) = (parts[0], parts[1])
            let configuration = try put(
                #"{"os":"\#(os)","architecture":"\#(architecture)","config":{"Labels":{"note":"\#(note)"}},"rootfs":{"type":"layers","diff_ids":[]}}"#
            )
            let manifest = try put(
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(configuration.digest)","size":\#(configuration.size)},"layers":[]}"#
            )
            digest = manifest.digest
            children.append(
                #"{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\#(manifest.digest)","size":\#(manifest.size),"platform":{"os":"\#(os)","architecture":"\#(architecture)"}}"#
            )
        }
        try folder.write(#"{"imageLayoutVersion":"1.0.0"}"#, to: "\(layout)/oci-layout")
        var entry = children[0]
        if platforms.count > 1 {
            let index = try put(
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\#(children.joined(separator: ","))]}"#
            )
            digest = index.digest
            entry =
                #"{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"\#(index.digest)","size":\#(index.size)}"#
        }
        try folder.write(#"{"schemaVersion":2,"manifests":[\#(entry)]}"#, to: "\(layout)/index.json")
        try skopeo(["copy", "--all"] + skopeoOptions + ["oci:\(folder.path)/\(layout)", "docker://\(host)/\(name)"])
        return digest
    }

    /// Deletes what a reference names.
    package func delete(_ name: String) throws {
        try skopeo(
            ["delete"] + skopeoOptions.map { $0.replacingOccurrences(of: "--dest-", with: "--") }
                + ["docker://\(host)/\(name)"])
    }

    private func skopeo(_ arguments: [String]) throws {
        let number = numbers.withLock { number in
            number += 1
            return number
        }
        try Daemon.run(
            "/usr/bin/skopeo", ["--insecure-policy"] + arguments, environment: ["TMPDIR": folder.path],
            log: (folder / "skopeo-\(number).log").path)
    }
}
