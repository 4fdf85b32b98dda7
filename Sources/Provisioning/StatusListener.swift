// What tells of a program that serves nothing else: /healthz, /readyz and /metrics over plain HTTP.

package import Posix

/// Answers probes and Prometheus, one request a connection, in threads of its own.
package final class StatusListener: Sendable {
    /// What is answered to GET of a path; nil: 404.
    package typealias Answer = @Sendable (_ path: String) -> (status: Int, body: String)?

    package let port: UInt16
    private let socket: Socket
    private let threads: [Posix.Thread]

    private final class Socket: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// As many clients may be slow at a time without keeping others from an answer.
    private static let threadCount = 4
    /// How long a client may take to ask, and to take the answer.
    private static let patience: Duration = .seconds(2)
    /// Bytes of a request's head that are read at most.
    private static let headLimit = 4096

    /// - Parameters:
    ///   - host: A numeric address; empty: each of this machine.
    ///   - port: 0: one of the system's choice.
    package init(host: String, port: UInt16, answer: @escaping Answer) throws(Errno) {
        let descriptor = try Descriptor.tcpListener(host: host, port: port)
        self.port = try descriptor.boundPort()
        let socket = Socket(descriptor)
        var threads: [Posix.Thread] = []
        for _ in 0..<Self.threadCount {
            // All signals are blocked in it, SIGPIPE too: a client that has gone is told by EPIPE.
            threads.append(
                try Posix.Thread(name: "status", stackSize: 1 << 18) { Self.serve(socket, answer: answer) })
        }
        self.socket = socket
        self.threads = threads
    }

    deinit { stop() }

    /// Answers nobody any more.
    package func stop() {
        try? socket.descriptor.shutdown(.both)
        for thread in threads { thread.join() }
    }

    private static func serve(_ socket: Socket, answer: Answer) {
        while true {
            do throws(Errno) {
                let client = try socket.descriptor.accept()
                // Whoever asks tries again.
                try? serve(client, answer: answer)
            } catch {
                // What a listener that was shut down answers.
                if error == .invalidArgument { return }
                // No descriptor is left, say.
                Posix.Thread.sleep(milliseconds: 100)
            }
        }
    }

    private static func serve(_ client: consuming Descriptor, answer: Answer) throws(Errno) {
        try client.setReceiveTimeout(patience)
        try client.setSendTimeout(patience)
        let deadline = MonotonicTime.now + patience
        var head: [UInt8] = []
        while !hasEnd(head), head.count < headLimit, MonotonicTime.now < deadline {
            // One that says no more in time is told that it was no request.
            guard let bytes = try? client.read(atMost: headLimit - head.count), !bytes.isEmpty else { break }
            head += bytes
        }
        let line = String(decoding: head.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let words = line.split(separator: " ")
        let result: (status: Int, body: String)
        if words.count != 3 || !words[2].hasPrefix("HTTP/1.") || !hasEnd(head) {
            result = (400, "")
        } else if words[0] != "GET" {
            result = (405, "")
        } else {
            result = answer(String(words[1].prefix { $0 != "?" })) ?? (404, "")
        }
        let body = Array(result.body.utf8)
        let text =
            "HTTP/1.1 \(result.status) \(result.status == 200 ? "OK" : "Error")\r\nContent-Type: text/plain; version=0.0.4;"
            + " charset=utf-8\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        try client.write(Array(text.utf8) + body)
        try client.shutdown(.write)
        // Closed with bytes unread, the answer could be lost to a reset. What comes now is no one's concern.
        _ = try client.read(atMost: headLimit)
    }

    private static func hasEnd(_ head: [UInt8]) -> Bool {
        head.count >= 4 && head.indices.dropLast(3).contains { head[$0...].starts(with: [13, 10, 13, 10]) }
    }
}
