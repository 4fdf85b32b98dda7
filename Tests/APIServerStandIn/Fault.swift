/// What goes wrong with one request.
package enum Fault: Sendable {
    /// It is answered with this, and not done. Without a body it is a Status of the status's usual reason.
    case status(Int, headers: [String: String] = [:], body: String? = nil)
    /// 409, as if someone else had just changed the object; it is not done.
    case conflict
    /// It is done, and its answer lost.
    case lost
    /// It is done, and the connection ends after so many bytes of the answer.
    case cut(afterBytes: Int)
    /// The connection ends without an answer, and nothing is done.
    case closed
    /// It is done, so many milliseconds later.
    case delayed(milliseconds: Int32)
    /// A GET is answered from before the object's last change.
    case stale
    /// The answer comes in chunks.
    case chunked
}

extension APIAnswer {
    /// The Status that kube-apiserver sends with a status.
    static func usual(_ status: Int) -> APIAnswer {
        switch status {
        case 401: .unauthorized
        case 410: .failure(410, "Expired", "The resourceVersion for the provided watch is too old.")
        case 429: .failure(429, "TooManyRequests", "Too many requests, please try again later.")
        case 500: .failure(500, "InternalError", "Internal error occurred: etcdserver: leader changed")
        case 503: .failure(503, "ServiceUnavailable", "apiserver is shutting down")
        case 504: .failure(504, "Timeout", "Timeout: request did not complete within requested timeout")
        default: .failure(status, nil, "unknown")
        }
    }
}
