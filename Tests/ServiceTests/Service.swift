import Foundation
import Glibc
import Posix
import TestSupport
import Testing

/// The real nginx with deploy/nginx, the responder behind it, and TLS of a local CA: all in a folder of their own, on a
/// free port, gone with the test.
final class Service {
    let folder: TemporaryFolder
    private(set) var port: UInt16 = 0
    private(set) var responder: Program
    private(set) var nginx: Program
    private let environment: [String: String]
    private let shell: String

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// - Parameters:
    ///   - retries: Whether nginx tries a request again that failed.
    ///   - shorter: Lines of nginx's configuration, each with the one in its place: time limits that a test can wait
    ///     for.
    ///   - shell: What a shell makes of the responder's command, `"$@"`.
    init(
        maps: String, environment: [String: String] = [:], retries: Bool = true, shorter: [String: String] = [:],
        shell: String = #"exec "$@""#
    ) throws {
        let folder = try TemporaryFolder()
        let settings = ["IMAGESWAP_MAPS_FILE": try folder.write(maps, to: "maps.conf"), "IMAGESWAP_POD_NAME": "pod-1"]
        self.folder = folder
        self.environment = settings.merging(environment) { $1 }
        self.shell = shell
        try Self.makeCertificates(in: folder, names: ["localhost", "127.0.0.1"])
        responder = try Self.startResponder(folder, self.environment, shell)
        (nginx, port) = try Self.startNginx(
            folder, retries ? shorter : ["error timeout invalid_header non_idempotent": "off"])
    }

    deinit {
        nginx.end()
        responder.end()
    }

    var socket: String { (folder / "s").path }

    static func makeCertificates(in folder: TemporaryFolder, names: [String]) throws {
        let made = try Program.run("imageswap-init", ["local", "--out", (folder / "tls").path, "--name"] + names)
        try #require(made.code == 0, "\(made.output)")
    }

    private static func startResponder(
        _ folder: TemporaryFolder, _ environment: [String: String], _ shell: String
    ) throws -> Program {
        let command = [
            Program.built.appending(path: "imageswap-responder").path, "--socket", (folder / "s").path, "--threads",
            "4",
        ]
        let responder = try Program(
            "/bin/sh", ["-c", shell, "sh"] + command, environment: environment, log: folder / "responder.log")
        // Of the responder's own making: workers of one that was killed may still hold the old socket.
        let isServing = eventually {
            responder.output.contains(" serving ")
                || environment["IMAGESWAP_LOG_LEVEL"] != nil
                    && canConnect((folder / "s").path)
                || !responder.isRunning
        }
        try #require(isServing && responder.isRunning, "\(responder.output)")
        return responder
    }

    func restartResponder() throws {
        responder = try Self.startResponder(folder, environment, shell)
    }

    private static func canConnect(_ path: String) -> Bool {
        guard let address = UnixAddress(path: path) else { return false }
        return (try? Descriptor.unixStream().connect(to: address)) != nil
    }

    /// nginx with deploy/nginx, whose certificate is in the folder's `tls`, and its port.
    static func startNginx(
        _ folder: TemporaryFolder, _ changes: [String: String] = [:]
    ) throws -> (Program, UInt16) {
        let deploy = repository.appending(path: "deploy/nginx")
        let own = folder / "nginx"
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: folder / "prefix", withIntermediateDirectories: true)
        if changes.isEmpty {
            try FileManager.default.createSymbolicLink(
                at: own.appending(path: "nginx.conf"), withDestinationURL: deploy.appending(path: "nginx.conf"))
        } else {
            var text = try String(contentsOf: deploy.appending(path: "nginx.conf"), encoding: .utf8)
            for (line, other) in changes {
                #expect(text.contains(line))
                text = text.replacing(line, with: other)
            }
            _ = try folder.write(text, to: "nginx/nginx.conf")
        }
        let place = try String(contentsOf: deploy.appending(path: "place.conf"), encoding: .utf8)
            .replacing("/run/imageswap/imageswap.sock", with: (folder / "s").path)
            .replacing("default /tls;", with: "default \((folder / "tls").path);")
        _ = try folder.write(place, to: "nginx/place.conf")
        // A free port can be taken by another test until nginx has it: then another one is tried.
        for _ in 0..<10 {
            let port = try freePort()
            // nginx removes none when it ends over a port that is taken, and takes none that is there.
            for name in ["h", "m"] { try? FileManager.default.removeItem(at: folder / name) }
            // The second one for clients that do what curl would not; they need no TLS.
            _ = try folder.write(
                "listen 127.0.0.1:\(port) ssl;\nlisten unix:\((folder / "h").path);\n", to: "nginx/listen.conf")
            _ = try folder.write("listen unix:\((folder / "m").path);\n", to: "nginx/monitoring.conf")
            let asRoot = getuid() == 0 ? ["-g", "user root;"] : []
            let nginx = try Program(
                "/usr/sbin/nginx",
                ["-e", "stderr", "-p", (folder / "prefix").path + "/", "-c", own.appending(path: "nginx.conf").path]
                    + asRoot, log: folder / "nginx.log")
            let isThere = eventually {
                !nginx.isRunning || FileManager.default.fileExists(atPath: (folder / "prefix/nginx.pid").path)
            }
            if isThere, nginx.isRunning { return (nginx, port) }
            try #require(nginx.output.contains("Address already in use"), "\(nginx.output)")
        }
        throw CocoaError(.fileWriteUnknown)
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard bound else { throw CocoaError(.fileReadUnknown) }
        return UInt16(bigEndian: address.sin_port)
    }
}
