import Posix
import Testing

/// A connection straight to the responder's socket, past nginx.
final class FastCGIPeer {
    private let connection: Descriptor

    init(to socket: String) throws {
        // Whoever is written to may be gone, and that is an error then, not the end of the tests.
        Signal.pipe.ignore()
        let address = try #require(UnixAddress(path: socket))
        connection = try Descriptor.unixStream()
        try connection.setReceiveTimeout(.seconds(10))
        try connection.setSendTimeout(.seconds(10))
        try connection.connect(to: address)
    }

    /// False where the other side is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool { (try? connection.write(bytes)) != nil }

    /// Says that nothing more will come.
    func endSending() { try? connection.shutdown(.write) }

    /// All that comes until the other side closes.
    func answer() -> String {
        var bytes: [UInt8] = []
        while let more = try? connection.read(atMost: 1 << 16), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// FastCGI records (https://fastcgi-archives.github.io/FastCGI_Specification.html, section 3.3).
enum FastCGIRecord {
    static let beginRequest: UInt8 = 1
    static let parameters: UInt8 = 4
    static let standardInput: UInt8 = 5
    static let getValues: UInt8 = 9

    static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xff), 0, 0] + content
    }

    static func parameter(_ name: String, _ value: String) -> [UInt8] {
        [UInt8(name.utf8.count), UInt8(value.utf8.count)] + name.utf8 + value.utf8
    }

    /// A request up to its body.
    static func head(_ method: String, _ path: String, length: Int = 0) -> [[UInt8]] {
        let values =
            parameter("REQUEST_METHOD", method) + parameter("DOCUMENT_URI", path)
            + parameter("CONTENT_TYPE", "application/json") + parameter("CONTENT_LENGTH", "\(length)")
        return [record(beginRequest, [0, 1, 0, 0, 0, 0, 0, 0]), record(parameters, values), record(parameters, [])]
    }

    /// A body in as many records as it takes, without the end of the input.
    static func input(_ body: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: body.count, by: 0xfff8).map { start in
            record(standardInput, Array(body[start..<min(body.count, start + 0xfff8)]))
        }
    }

    static let endOfInput = record(standardInput, [])
}
