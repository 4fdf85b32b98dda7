/// REQUEST_METHOD, as far as it matters here.
package enum Method: Equatable, Sendable {
    case get, head, post, other
}

extension Request {
    /// A parameter's value as a copy; nil if the peer did not send it. Bytes that are not UTF-8 become U+FFFD.
    package borrowing func parameter(_ name: StaticString) -> String? {
        withParameter(name) { String(copyingRepaired: $0) }
    }

    /// Lends a parameter's bytes; nil if the peer did not send it. Of one sent twice, the first.
    package borrowing func withParameter<Result>(
        _ name: StaticString, _ body: (Span<UInt8>) -> Result
    ) -> Result? {
        exchange.withParameter(name, body)
    }

    /// Whether the peer sent a parameter with exactly this value; nothing is copied.
    package borrowing func hasParameter(_ name: StaticString, _ value: StaticString) -> Bool {
        withParameter(name) { $0.equals(value) } ?? false
    }

    package var method: Method {
        withParameter("REQUEST_METHOD") { text in
            if text.equals("POST") { return .post }
            if text.equals("GET") { return .get }
            return text.equals("HEAD") ? .head : .other
        } ?? .other
    }

    /// DOCUMENT_URI: the path, decoded and normalised by nginx, without the query; "" if it was not sent.
    package var path: String {
        parameter("DOCUMENT_URI") ?? ""
    }

    /// CONTENT_TYPE as sent, parameters such as charset included; nil if missing or empty.
    package var contentType: String? {
        parameter("CONTENT_TYPE").flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Span<UInt8> {
    fileprivate func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            unsafe withUnsafeBytes { bytes in unsafe bytes.elementsEqual(wanted) }
        }
    }
}

extension String {
    init(copyingRepaired bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
