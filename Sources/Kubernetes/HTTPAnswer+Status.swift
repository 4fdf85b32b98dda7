// What an answer other than 2xx means.

private import CCurl
private import FoundationEssentials

extension HTTPAnswer {
    /// The seconds that `Retry-After` asks for: RFC 9110, section 10.2.3. The API server never writes a date there.
    var retryAfter: Int? { headers["retry-after"].flatMap { Int($0) } }

    var cause: KubernetesError.Cause {
        let body = try? JSONDecoder().decode(StatusBody.self, from: Data(self.body))
        let reason = body?.reason ?? ""
        let message = body?.message ?? plainText
        return switch status {
        case 401: .unauthorized(message)
        case 403: .forbidden(message)
        case 404: .notFound(message)
        case 409 where reason == "AlreadyExists": .alreadyExists(message)
        case 409: .conflict(message)
        case 410: .expired(message)
        case 429, 500...: .unreachable("it answers \(status): \(message)")
        default: .refused(status: status, reason: reason, message: message)
        }
    }

    /// What something other than an API server, such as a proxy, said: its beginning.
    private var plainText: String {
        String(decoding: body.prefix(200), as: UTF8.self).trimmed
    }
}

/// Seconds since 1970 of a date as HTTP has it (RFC 9110, section 5.6.7); nil if it is none. C: curl_getdate.
func httpDate(_ text: String) -> Int64? {
    let seconds = unsafe curl_getdate(text, nil)
    return seconds < 0 ? nil : Int64(seconds)
}
