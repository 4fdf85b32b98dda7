import Foundation
import TestSupport
import Testing

/// wrk, posting one body over some connections for some seconds.
final class Load {
    struct Result: Decodable {
        let requests: Int
        /// Answers with a status of 400 and up.
        let statuses: Int
        /// Connections that failed, were cut or timed out.
        let others: Int
        let microseconds: Int
        /// Answers by their status; a 5xx without Retry-After counts as 599. Only where they are told apart.
        let answers: [String: Int]?
        /// Answers that are none of those that may be. Only where they are told apart.
        let wrong: Int?
        /// The slowest answer, in microseconds. Only where answers are told apart.
        let slowest: Int?

        var perSecond: Double { Double(requests) * 1e6 / Double(max(1, microseconds)) }
    }

    private let program: Program
    private let folder = try? TemporaryFolder()

    /// - Parameters:
    ///   - tellsApart: Whether answers are counted by their status, which slows wrk down.
    ///   - right: The answers that may be; all may, if there are none.
    ///   - body: The file of a real review by its name, or any other by its path.
    init(
        on service: Service, seconds: Int, connections: Int = 16, tellsApart: Bool = false,
        right: Set<Data> = [], body: String = "pod-create-by-controller.json"
    ) throws {
        let folder = try #require(folder)
        let post = Service.repository.appending(path: "Benchmarks/service/post.lua")
        let reviews = Service.repository.appending(path: "Tests/AdmissionTests/Reviews")
        let answers = try right.enumerated().map { number, answer in
            let file = folder / "right.\(number)"
            try answer.write(to: file)
            return file.path
        }
        let script = tellsApart || !right.isEmpty ? try folder.write(Self.tellingApart, to: "answers.lua") : post.path
        program = try Program(
            "/usr/bin/wrk",
            [
                "-t", "1", "-c", "\(connections)", "-d", "\(seconds)s", "--timeout", "10s",
                "-s", script, service.url("/"), "--",
                body.hasPrefix("/") ? body : reviews.appending(path: body).path,
            ] + answers, log: folder / "wrk.log")
    }

    var isRunning: Bool { program.isRunning }

    /// Ends it before its time; it tells its result all the same.
    func stop() { program.send(SIGINT) }

    func result() throws -> Result {
        try #require(program.exitCode(within: 60) == 0, "\(program.output)")
        let line = try #require(program.output.split(separator: "\n").last)
        return try JSONDecoder().decode(Result.self, from: Data(line.utf8))
    }

    private static let tellingApart = """
        local threads = {}

        function setup(thread) table.insert(threads, thread) end

        local function content(path)
            local file = assert(io.open(path, "rb"))
            local text = file:read("*a")
            file:close()
            return text
        end

        function init(arguments)
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = content(arguments[1])
            answers = ""
            wrong = 0
            counts = {}
            right = {}
            checks = #arguments > 1
            for number = 2, #arguments do right[content(arguments[number])] = true end
        end

        function response(status, headers, body)
            if checks and not right[body] then wrong = wrong + 1 end
            if status >= 500 and not (headers["Retry-After"] or headers["retry-after"]) then status = 599 end
            counts[status] = (counts[status] or 0) + 1
            -- Only text is handed from a thread to done.
            local parts = {}
            for status, count in pairs(counts) do table.insert(parts, string.format('"%d": %d', status, count)) end
            answers = table.concat(parts, ", ")
        end

        function done(summary, latency)
            local errors = summary.errors
            print(string.format(
                '{"requests": %d, "microseconds": %d, "statuses": %d, "others": %d, "answers": {%s},'
                    .. ' "wrong": %d, "slowest": %d}',
                summary.requests, summary.duration, errors.status,
                errors.connect + errors.read + errors.write + errors.timeout, threads[1]:get("answers"),
                threads[1]:get("wrong"), latency.max))
        end

        """
}

extension Service {
    /// The process ids of the responder's workers (proc(5)).
    func workers() throws -> [Int32] {
        let process = responder.processIdentifier
        let children = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        return children.split(separator: " ").compactMap { Int32($0) }
    }

    /// Both, once they serve: who answers first may be the only one yet.
    func bothWorkers() throws -> [Int32] {
        let areServing = try eventually { try servingWorkers().count == 2 }
        try #require(areServing, "\(responder.output)")
        return try workers()
    }

    /// Those whose threads have started.
    func servingWorkers() throws -> [Int32] {
        try workers().filter { worker in
            let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task")
            return (threads?.count ?? 0) > 4
        }
    }

    /// The sum of a metric's samples whose labels contain this text.
    func metric(_ name: String, _ labels: String = "") throws -> Int {
        let text = try request("GET", "/metrics").text
        return try #require(Self.sum(of: name, labels, in: text), "\(name) is not in \(text)")
    }

    /// The same of what may be missing: the verifier's are, where it does not answer in time.
    func metricIfThere(_ name: String, _ labels: String = "") throws -> Int? {
        Self.sum(of: name, labels, in: try request("GET", "/metrics").text)
    }

    private static func sum(of name: String, _ labels: String, in text: String) -> Int? {
        let samples = text.split(separator: "\n").filter {
            ($0.hasPrefix("\(name) ") || $0.hasPrefix("\(name){")) && (labels.isEmpty || $0.contains(labels))
        }
        guard !samples.isEmpty else { return nil }
        return samples.reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) }
    }
}
