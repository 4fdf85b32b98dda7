// /healthz, /readyz and /metrics over plain HTTP, by real sockets.

import Foundation
import Posix
import Provisioning
import Testing

@Suite struct StatusListenerTests {
    private func listener() throws -> StatusListener {
        try StatusListener(host: "127.0.0.1", port: 0) { path in
            ["/metrics": (200, "up 1\n"), "/readyz": (503, "not ready\n")][path]
        }
    }

    /// The answer's head and body, of a request sent as it is.
    private func answer(_ request: String, port: UInt16) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); printf '\(request)' >&3; cat <&3",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (#"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"#, 200, "up 1\n"),
        (#"GET /metrics?x=1 HTTP/1.0\r\n\r\n"#, 200, "up 1\n"), (#"GET /readyz HTTP/1.1\r\n\r\n"#, 503, "not ready\n"),
        (#"GET /other HTTP/1.1\r\n\r\n"#, 404, ""), (#"POST /metrics HTTP/1.1\r\n\r\n"#, 405, ""),
        (#"nonsense\r\n\r\n"#, 400, ""), (#"GET /metrics SPDY/1\r\n\r\n"#, 400, ""),
        (#"GET /metrics HTTP/1.1\r\n"#, 400, ""),
    ])
    func requestsAreAnswered(request: String, status: Int, body: String) throws {
        let listener = try listener()
        let text = try answer(request, port: listener.port)
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
        #expect(text.hasSuffix("\r\n\r\n" + body), "\(text)")
        #expect(text.contains("\r\nContent-Length: \(body.utf8.count)\r\n"))
        listener.stop()
    }

    @Test func aHeadWithoutAnEndIsNotReadForEver() throws {
        let listener = try listener()
        let text = try answer(
            "GET /metrics HTTP/1.1\\r\\n" + String(repeating: "a: b\\r\\n", count: 2000), port: listener.port)
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400 "), "\(text)")
        #expect(try answer(#"GET /metrics HTTP/1.1\r\n\r\n"#, port: listener.port).hasSuffix("up 1\n"))
        listener.stop()
    }

    @Test func aPortThatIsTakenIsAnError() throws {
        let listener = try listener()
        #expect(throws: Errno.self) { try StatusListener(host: "127.0.0.1", port: listener.port) { _ in nil } }
        #expect(throws: Errno.self) { try StatusListener(host: "no address", port: 0) { _ in nil } }
        listener.stop()
    }

    @Test func allAddressesAreAnswered() throws {
        let listener = try StatusListener(host: "", port: 0) { _ in (200, "all\n") }
        #expect(try answer(#"GET / HTTP/1.1\r\n\r\n"#, port: listener.port).hasSuffix("all\n"))
        listener.stop()
    }
}
