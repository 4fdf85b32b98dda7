internal import Glibc
internal import Posix

/// The web server's side of FastCGI, as bytes: records of any kind and split, and what comes back.
final class Client: Sendable {
    let descriptor: Descriptor

    convenience init(_ path: String, patience: Duration = .seconds(20)) throws {
        try self.init(path, on: try Descriptor.unixStream(), patience: patience)
    }

    init(_ path: String, on socket: consuming Descriptor, patience: Duration = .seconds(20)) throws {
        descriptor = socket
        try descriptor.setReceiveTimeout(patience)
        try descriptor.setSendTimeout(patience)
        guard let address = UnixAddress(path: path) else { throw Errno.nameTooLong }
        try descriptor.connect(to: address)
    }

    func send(_ bytes: [UInt8]) throws {
        try descriptor.write(bytes)
    }

    /// All that comes, up to the end of the connection.
    func receive() throws -> Answer {
        var bytes: [UInt8] = []
        while true {
            let more = try descriptor.read(atMost: 65_536)
            if more.isEmpty { return Answer(bytes) }
            bytes += more
        }
    }

    /// Sends one request and takes its answer.
    static func exchange(_ path: String, _ bytes: [UInt8]) throws -> Answer {
        let client = try Client(path)
        try client.send(bytes)
        return try client.receive()
    }
}

/// What a server sent.
struct Answer {
    let bytes: [UInt8]
    private(set) var output: [UInt8] = []
    /// Whether END_REQUEST came.
    private(set) var isComplete = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var at = 0
        while at + 8 <= bytes.count {
            let length = Int(bytes[at + 4]) << 8 | Int(bytes[at + 5])
            let end = at + 8 + length
            guard end <= bytes.count else { return }
            if bytes[at + 1] == Record.stdout { output += bytes[(at + 8)..<end] }
            if bytes[at + 1] == Record.endRequest { isComplete = true }
            at = end + Int(bytes[at + 6])
        }
    }

    /// Up to the empty line, the last line's end left out.
    var head: String { String(decoding: output[..<headEnd], as: UTF8.self) }
    var body: [UInt8] { Array(output[headEnd...].dropFirst(4)) }

    private var headEnd: Int {
        output.indices.first { output[$0...].starts(with: [13, 10, 13, 10]) } ?? output.endIndex
    }
}

/// Records as the FastCGI specification has them.
enum Record {
    static let beginRequest: UInt8 = 1
    static let endRequest: UInt8 = 3
    static let params: UInt8 = 4
    static let stdin: UInt8 = 5
    static let stdout: UInt8 = 6

    static func make(_ type: UInt8, _ content: [UInt8], id: Int = 1, padding: Int = 0) -> [UInt8] {
        precondition(content.count <= 65_535)
        let length = content.count
        let header = [1, type] + pair(id) + pair(length) + [UInt8(padding), 0]
        return header + content + [UInt8](repeating: 0xee, count: padding)
    }

    private static func pair(_ number: Int) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 255)]
    }

    static func begin(role: Int = 1, keep: Bool = false) -> [UInt8] {
        make(beginRequest, pair(role) + [keep ? 1 : 0, 0, 0, 0, 0, 0])
    }

    static func parameters(_ pairs: [(String, String)]) -> [UInt8] {
        func length(_ count: Int) -> [UInt8] {
            count < 128 ? [UInt8(count)] : [128, 0] + pair(count)
        }
        let content = pairs.flatMap { length($0.utf8.count) + length($1.utf8.count) + Array($0.utf8) + Array($1.utf8) }
        return make(params, content, padding: (8 - content.count % 8) % 8) + make(params, [])
    }

    /// STDIN in records of `size` bytes, and its end.
    static func input(_ body: [UInt8], size: Int = 32_768) -> [UInt8] {
        var records: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: size) {
            records += make(stdin, Array(body[start..<min(start + size, body.count)]))
        }
        return records + make(stdin, [])
    }

    /// A whole POST. `length`: what CONTENT_LENGTH says; nil to leave it out.
    static func post(
        _ body: [UInt8], length: String?, size: Int = 32_768, keep: Bool = false, uri: String = "/"
    ) -> [UInt8] {
        var pairs = [("REQUEST_METHOD", "POST"), ("DOCUMENT_URI", uri), ("CONTENT_TYPE", "application/json")]
        if let length { pairs.append(("CONTENT_LENGTH", length)) }
        return begin(keep: keep) + parameters(pairs) + input(body, size: size)
    }

    static func post(_ body: [UInt8], size: Int = 32_768, keep: Bool = false, uri: String = "/") -> [UInt8] {
        post(body, length: "\(body.count)", size: size, keep: keep, uri: uri)
    }

    static func get(_ uri: String, method: String = "GET") -> [UInt8] {
        begin() + parameters([("REQUEST_METHOD", method), ("DOCUMENT_URI", uri), ("CONTENT_LENGTH", "")]) + input([])
    }
}
