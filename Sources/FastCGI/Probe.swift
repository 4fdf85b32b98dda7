package import Posix

/// Asks a FastCGI responder one GET, as nginx would: for health checks where there is no curl.
package enum Probe {
    /// - Parameters:
    ///   - path: DOCUMENT_URI.
    ///   - socket: Where the responder listens.
    ///   - patience: For each step.
    /// - Returns: The answer's status, and its body; nil where the answer is none.
    package static func get(
        _ path: String, from socket: String, patience: Duration = .seconds(2)
    ) throws(Errno) -> (status: Int, body: [UInt8])? {
        guard let address = UnixAddress(path: socket) else { throw .nameTooLong }
        let connection = try Descriptor.unixStream()
        try connection.setReceiveTimeout(patience)
        try connection.setSendTimeout(patience)
        try connection.connect(to: address)
        try connection.write(request(path))
        var bytes: [UInt8] = []
        while true {
            let more = try connection.read(atMost: 16 << 10)
            if more.isEmpty { break }
            bytes += more
        }
        return answer(output(in: bytes))
    }

    // MARK: records (https://fastcgi-archives.github.io/FastCGI_Specification.html, section 3.3)

    private static let beginRequest: UInt8 = 1
    private static let params: UInt8 = 4
    private static let stdin: UInt8 = 5
    private static let stdout: UInt8 = 6

    private static func request(_ path: String) -> [UInt8] {
        let parameters = parameter("REQUEST_METHOD", "GET") + parameter("DOCUMENT_URI", path)
        return record(beginRequest, [0, 1, 0, 0, 0, 0, 0, 0]) + record(params, parameters) + record(params, [])
            + record(stdin, [])
    }

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xff), 0, 0] + content
    }

    /// Names and values here are shorter than 128 bytes, so that each length is one byte.
    private static func parameter(_ name: String, _ value: String) -> [UInt8] {
        [UInt8(name.utf8.count), UInt8(value.utf8.count)] + name.utf8 + value.utf8
    }

    private static func output(in bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var start = 0
        while start + 8 <= bytes.count {
            let end = start + 8 + Int(bytes[start + 4]) << 8 + Int(bytes[start + 5])
            guard end <= bytes.count else { break }
            if bytes[start + 1] == stdout { output += bytes[start + 8..<end] }
            start = end + Int(bytes[start + 6])
        }
        return output
    }

    /// Takes a CGI answer apart: `Status: 200 …`, more headers, an empty line, the body.
    private static func answer(_ output: [UInt8]) -> (status: Int, body: [UInt8])? {
        guard let end = output.indices.first(where: { output[$0...].starts(with: "\r\n\r\n".utf8) }) else { return nil }
        let head = String(decoding: output[..<end], as: UTF8.self)
        guard head.hasPrefix("Status: "), let status = Int(head.dropFirst(8).prefix(3)) else { return nil }
        return (status, Array(output[(end + 4)...]))
    }
}
