internal import FastCGI
internal import Posix
internal import TestSupport
internal import Testing

/// What a handler sees of a request, and how its answer looks.
@Suite struct RequestTests {
    @Test func headIsAsCGIHasIt() throws {
        let answer = try Service().exchange(Record.get("/a b"))
        #expect(answer.head == "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4")
        #expect(answer.body == Array("/a b".utf8))
    }

    @Test func headIsAnsweredLikeGet() throws {
        #expect(try Service().exchange(Record.get("/a", method: "HEAD")).body == Array("/a".utf8))
    }

    @Test func answersOnceAndKeepsHeadersApart() throws {
        let service = try Service()
        let answer = try service.exchange(Record.get("/twice"))
        #expect(answer.head == "Status: 503 Service Unavailable\r\nContent-Length: 0\r\nX-A: b  X-C: d")
        #expect(answer.body.isEmpty)
        #expect(service.log.now.writes == [true, false])
    }

    @Test func unansweredRequestEndsEmpty() throws {
        let service = try Service()
        let answer = try service.exchange(Record.get("/silent"))
        #expect(answer.isComplete)
        #expect(answer.output.isEmpty)
    }

    @Test func largeRequestWithoutABodyIsAnswered() throws {
        let path = "/" + String(repeating: "x", count: 30_000)
        #expect(try Service().exchange(Record.get(path)).body == Array(path.utf8))
    }

    /// Reads parameters in a handler of its own.
    private func reading<Value: Sendable>(
        _ pairs: [(String, String)], _ read: @escaping @Sendable (inout Request) -> Value
    ) throws -> Value? {
        let folder = try SocketFolder()
        let result = Box<Value>()
        let server = try Server(listener: Listener(path: folder.socket), threads: 1) {
            ClosureHandler { request in
                let value = read(&request)
                result.value.withLock { $0 = value }
                return request.respond(status: 204, contentType: nil, body: [])
            }
        }
        _ = try Client.exchange(folder.socket, Record.begin() + Record.parameters(pairs) + Record.input([]))
        server.drain()
        server.join()
        return result.value.withLock { $0 }
    }

    @Test(arguments: [
        ("POST", Method.post), ("GET", .get), ("HEAD", .head), ("PUT", .other), ("post", .other), ("", .other),
        ("POSTS", .other),
    ])
    func methodIsExact(_ text: String, _ method: FastCGI.Method) throws {
        #expect(try reading([("REQUEST_METHOD", text)]) { $0.method } == method)
    }

    @Test func missingParametersAreNil() throws {
        let seen = try reading([("REQUEST_METHO", "x"), ("REQUEST_METHOD_", "y"), ("CONTENT_TYPE", "")]) { request in
            [request.parameter("REQUEST_METHOD"), request.contentType, request.path, request.parameter("CONTENT_TYPE")]
        }
        #expect(seen == [nil, nil, "", ""])
    }

    @Test func firstOfTwoCounts() throws {
        let seen = try reading([("A", "1"), ("A", "2"), ("B=C", "3")]) { request in
            [request.parameter("A"), request.parameter("B"), request.parameter("FCGI_ROLE")]
        }
        #expect(seen == ["1", "C=3", "RESPONDER"])
    }

    @Test func parametersCompareWhole() throws {
        let seen = try reading([("DOCUMENT_URI", "/metrics")]) { request in
            [
                request.hasParameter("DOCUMENT_URI", "/metrics"), request.hasParameter("DOCUMENT_URI", "/metric"),
                request.hasParameter("DOCUMENT_URI", "/metrics/"), request.hasParameter("NONE", ""),
            ]
        }
        #expect(seen == [true, false, false, false])
    }
}

final class Box<Value: Sendable>: Sendable {
    let value = Monitor<Value?>(nil)
}

struct ClosureHandler: Handler {
    let body: @Sendable (inout Request) -> Bool

    mutating func handle(_ request: inout Request) { _ = body(&request) }
}
