import Foundation
import Testing

/// wrk, posting one body over 16 connections for some seconds.
final class Load {
    struct Result: Decodable {
        let requests: Int
        /// Answers with a status of 400 and up.
        let statuses: Int
        /// Connections that failed, were cut or timed out.
        let others: Int
    }

    private let program: Program
    private let folder = try? Folder()

    init(on service: Service, seconds: Int, body: String = "pod-create-by-controller.json") throws {
        let folder = try #require(folder)
        let benchmarks = Service.repository.appending(path: "Benchmarks/service")
        let reviews = Service.repository.appending(path: "Tests/AdmissionTests/Reviews")
        program = try Program(
            "/usr/bin/wrk",
            [
                "-t", "1", "-c", "16", "-d", "\(seconds)s", "--timeout", "10s",
                "-s", benchmarks.appending(path: "post.lua").path, service.url("/"), "--",
                reviews.appending(path: body).path,
            ], log: folder / "wrk.log")
    }

    var isRunning: Bool { program.isRunning }

    func result() throws -> Result {
        try #require(program.exitCode(within: 60) == 0, "\(program.output)")
        let line = try #require(program.output.split(separator: "\n").last)
        return try JSONDecoder().decode(Result.self, from: Data(line.utf8))
    }
}

extension Service {
    /// The process ids of the responder's workers (proc(5)).
    func workers() throws -> [Int32] {
        let process = responder.processIdentifier
        let children = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        return children.split(separator: " ").compactMap { Int32($0) }
    }

    /// Those whose threads have started.
    func servingWorkers() throws -> [Int32] {
        try workers().filter { worker in
            let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task")
            return (threads?.count ?? 0) > 4
        }
    }
}
