private import Foundation
private import Glibc
internal import Posix

/// A web server that answers as a test wants it: raw bytes, late, half, or not at all.
package final class StandInRegistry: Sendable {
    package struct Request: Sendable {
        package var method: String
        package var path: String
        /// By lower-case name.
        package var headers: [String: String]
    }

    package enum Answer: Sendable {
        case bytes(String)
        /// A byte at a time, so long after one another.
        case drip(String, milliseconds: Int32)
        /// Nothing, and the connection stays.
        case nothing
        /// Nothing, and the connection is closed.
        case cut
        /// As many bytes as are taken.
        case endless(start: String, piece: String)

        package static func status(
            _ status: Int, _ headers: [String] = [], _ body: String = "", length: Int? = nil
        ) -> Answer {
            .bytes(
                "HTTP/1.1 \(status) X\r\nContent-Length: \(length ?? body.utf8.count)\r\n"
                    + headers.map { "\($0)\r\n" }.joined() + "\r\n" + body)
        }
    }

    package let port: Int
    package var host: String { "127.0.0.1:\(port)" }
    private let listener: Descriptor
    private let seen = Monitor<[Request]>([])

    package init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        // Verifiers close what is being written to.
        Signal.pipe.ignore()
        listener = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        port = try bindLoopback(listener.rawValue)
        try listener.listen(backlog: 1024)
        let number = try listener.duplicate().release()
        let seen = seen
        _ = try Posix.Thread(name: "stand-in", stackSize: 1 << 18) {
            let listener = Descriptor(owning: number)
            while let connection = try? listener.accept() {
                let number = connection.release()
                _ = try? Posix.Thread(name: "connection", stackSize: 1 << 18) {
                    Self.serve(Descriptor(owning: number), seen, answer)
                }
            }
        }
    }

    deinit {
        // Ends the accept of the thread, which holds a copy.
        try? listener.shutdown(.both)
    }

    package var requests: [Request] { seen.withLock { $0 } }

    private static func serve(
        _ connection: consuming Descriptor, _ seen: Monitor<[Request]>,
        _ answer: @Sendable (Request) -> Answer
    ) {
        var bytes: [UInt8] = []
        do {
            while true {
                while !bytes.ends(with: "\r\n\r\n") {
                    let more = try connection.read(atMost: 1 << 14)
                    if more.isEmpty { return }
                    bytes += more
                }
                let request = parse(bytes)
                bytes = []
                seen.withLock { $0.append(request) }
                switch answer(request) {
                case .bytes(let text):
                    let end = text.range(of: "\r\n\r\n")
                    // HEAD has the headers only.
                    let sent = request.method == "HEAD" ? end.map { String(text[..<$0.upperBound]) } ?? text : text
                    try connection.write(Array(sent.utf8))
                case .drip(let text, let milliseconds):
                    for byte in text.utf8 {
                        try connection.write([byte])
                        Posix.Thread.sleep(milliseconds: milliseconds)
                    }
                case .nothing: while try !connection.read(atMost: 1 << 14).isEmpty {}
                case .cut: return
                case .endless(let start, let piece):
                    try connection.write(Array(start.utf8))
                    // A body that HEAD does not have would be taken for the next answer.
                    if request.method == "HEAD", start.hasSuffix("\r\n\r\n") { return }
                    while true { try connection.write(Array(piece.utf8)) }
                }
            }
        } catch {
            return
        }
    }

    private static func parse(_ bytes: [UInt8]) -> Request {
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        return Request(method: words.first ?? "", path: words.count > 1 ? words[1] : "", headers: headers)
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
