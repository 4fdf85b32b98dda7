// What is asked of a registry and what it answers, as HTTP has them; who carries them is not known here.

/// A request without a body.
package struct HTTPRequest: Equatable, Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
    }

    package var method: Method
    package var address: WebAddress
    /// Whole header lines.
    package var headers: [String]
    /// Bytes of a body that are taken at most.
    package var longestBody: Int
    /// How long the whole exchange may take.
    package var timeout: Duration
}

/// A whole answer.
package struct HTTPAnswer: Equatable, Sendable {
    package var status: Int
    /// In order, with lower-case names.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of a name in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The media type, without its parameters, in lower case.
    var mediaType: String? {
        header("content-type").map { text in
            text.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        }
    }

    package static func == (one: HTTPAnswer, other: HTTPAnswer) -> Bool {
        one.status == other.status && one.body == other.body
            && one.headers.elementsEqual(other.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// Why there is no whole answer.
package enum HTTPFailure: Error, Equatable, Sendable {
    case timedOut
    /// More header lines or more of a body than is taken.
    case tooLong
    /// No connection, a certificate that does not verify, a connection that was cut: in libcurl's words.
    case failed(String)
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timedOut: "it does not answer in time"
        case .tooLong: "its answer is too long"
        case .failed(let text): text
        }
    }
}
