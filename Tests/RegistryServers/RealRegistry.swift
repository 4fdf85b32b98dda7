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
        port = try freePort()
        let configuration = """
            version: 0.1
            log: {level: warn}
            storage:
              filesystem: {rootdirectory: $FOLDER/storage}
              delete: {enabled: true}
            http:
              addr: 127.0.0.1:\(port)
            \(http)
            \(sections)
            """.replacingOccurrences(of: "$FOLDER", with: self.folder.path)
        let file = try self.folder.write(configuration, to: "registry.yml")
        daemon = try Daemon(
            "/usr/bin/docker-registry", ["serve", file], log: (self.folder / "registry.log").path)
        let port = self.port
        guard eventually(within: 20, { Self.answers(port) }) else {
            throw Daemon.Failure(text: (try? self.folder.read("registry.log")) ?? "")
        }
    }

    private static func answers(_ port: Int) -> Bool {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let owner = Descriptor(owning: number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(owner.rawValue, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
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
