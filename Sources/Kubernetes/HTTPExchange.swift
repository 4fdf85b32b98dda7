// One request and its answer, as HTTP has them.

/// What is asked of a server.
struct HTTPRequest {
    var method: String
    var url: String
    var headers: [String] = []
    var body: [UInt8]?
}

/// A whole answer.
struct HTTPAnswer {
    var status: Int
    /// By lower-case name; the last one of those that are repeated.
    var headers: [String: String]
    var body: [UInt8]
}

/// Why there is no whole answer.
struct TransferFailure: Error {
    let text: String
    /// Whether the same request may fare better soon. A certificate that does not verify, or a URL that is none, will not.
    let isTransient: Bool
}

/// How a connection is made: what curl_easy_setopt(3) is told beside the request.
struct Transport {
    /// What certificates of servers are verified against.
    enum Trust {
        /// PEM
        case authority([UInt8])
        /// The machine's authorities.
        case system
        case unverified
    }

    var trust: Trust
    var clientCertificate: [UInt8]?
    var clientKey: [UInt8]?
    /// `HOST:PORT:HOST:PORT`, as CURLOPT_CONNECT_TO takes it: where to connect rather than to the URL's host.
    var connectTo: String?
    var proxy = Connection.Proxy.none
    var userAgent: String
    var connectTimeout: Duration = .seconds(5)
    var timeout: Duration = .seconds(15)
}
