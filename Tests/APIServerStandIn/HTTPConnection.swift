/// HTTP/1.1 (RFC 9112) over one stream: as much as clients of the API server use.
struct HTTPConnection {
    private var pending: [UInt8] = []

    /// Bytes of a body at most, as kube-apiserver has it, which answers 413. Here a longer one is left unread, and the
    /// connection ends, as where a load balancer goes.
    static let bodyLimit = 3 * 1024 * 1024

    /// The next request; nil at the end.
    mutating func next(from stream: borrowing TLSStream) -> APIRequest? {
        let end: [UInt8] = [13, 10, 13, 10]
        var searched = 0
        while true {
            if let start = pending.indices.dropFirst(max(searched - 3, 0)).first(where: {
                pending[$0...].starts(with: end)
            }) {
                return request(head: Array(pending[..<start]), bodyAt: start + 4, from: stream)
            }
            searched = pending.count
            guard more(from: stream) else { return nil }
        }
    }

    private mutating func request(head: [UInt8], bodyAt start: Int, from stream: borrowing TLSStream) -> APIRequest? {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        guard words.count == 3, words[2] == "HTTP/1.1" else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1)
            guard sides.count == 2 else { return nil }
            headers[sides[0].lowercased()] = String(sides[1].drop { $0 == " " })
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard (0...Self.bodyLimit).contains(length) else { return nil }
        while pending.count < start + length {
            guard more(from: stream) else { return nil }
        }
        let body = Array(pending[start..<(start + length)])
        pending.removeFirst(start + length)
        return APIRequest(method: words[0], target: words[1], headers: headers, body: body)
    }

    private mutating func more(from stream: borrowing TLSStream) -> Bool {
        let bytes = stream.read()
        pending += bytes
        return !bytes.isEmpty
    }

    /// An answer's bytes.
    static func bytes(
        status: Int, headers: [(name: String, value: String)], body: [UInt8], isChunked: Bool
    ) -> [UInt8] {
        var head = "HTTP/1.1 \(status) Status\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        guard isChunked else {
            return Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body
        }
        var bytes = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
        for start in stride(from: 0, to: body.count, by: 100) {
            let chunk = body[start..<min(start + 100, body.count)]
            bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10]
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }
}
