extension Request {
    /// Answers, once, in CGI's form: Status, Content-Type, Content-Length, the headers, then the body.
    ///
    /// - Parameters:
    ///   - status: Such as 200.
    ///   - contentType: Nil for none.
    ///   - headers: More of them. Control characters in a value become spaces.
    ///   - body: For HEAD, what GET would have got: nginx leaves it out.
    /// - Returns: Whether all of it was written. False if the peer is gone or does not read, which is no fault of ours:
    ///   SIGPIPE must be ignored in the process or blocked in the thread, and `Server` sees to both. False, too, if
    ///   the request was answered before.
    package mutating func respond(
        status: Int, contentType: String?, headers: [(name: String, value: String)] = [], body: Span<UInt8>
    ) -> Bool {
        if isAnswered { return false }
        isAnswered = true
        head.removeAll(keepingCapacity: true)
        addHeader("Status", "\(status) \(Self.reason(status))")
        if let contentType { addHeader("Content-Type", contentType) }
        addHeader("Content-Length", "\(body.count)")
        for (name, value) in headers { addHeader(name, value) }
        head.append(cr)
        head.append(lf)
        let isTaken = exchange.write(head.span) && exchange.write(body)
        return exchange.finishOutput() && isTaken
    }

    /// The same with an array.
    package mutating func respond(
        status: Int, contentType: String?, headers: [(name: String, value: String)] = [], body: [UInt8]
    ) -> Bool {
        respond(status: status, contentType: contentType, headers: headers, body: body.span)
    }

    private mutating func addHeader(_ name: String, _ value: String) {
        head.append(contentsOf: name.utf8)
        head.append(UInt8(ascii: ":"))
        head.append(UInt8(ascii: " "))
        for byte in value.utf8 { head.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: " ") : byte) }
        head.append(cr)
        head.append(lf)
    }

    private var cr: UInt8 { UInt8(ascii: "\r") }
    private var lf: UInt8 { UInt8(ascii: "\n") }

    /// nginx passes the Status line on as it is, so it wants words too.
    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Other"
        }
    }
}
