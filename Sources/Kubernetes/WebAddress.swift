// A URL taken apart: libcurl-url(3).

private import CCurl

/// A URL of http or https, with its host and port.
@safe struct WebAddress: ~Copyable {
    private let handle: OpaquePointer

    init(_ url: String) throws(KubernetesError) {
        guard let handle = unsafe curl_url() else { preconditionFailure("out of memory") }
        unsafe self.handle = handle
        // An empty host cannot be set: CURLUE_NO_HOST
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK else {
            throw KubernetesError(nil, .configuration("no URL: \(Self.shown(url))"))
        }
        guard scheme == "https" || scheme == "http", part(CURLUPART_USER) == nil else {
            throw KubernetesError(
                nil, .configuration("no URL of https, or one with a user's name in it: \(Self.shown(url))"))
        }
    }

    /// What may be told of a URL: what stands before an `@` may be a password.
    private static func shown(_ url: String) -> String {
        url.lastIndex(of: "@").map { "…" + url[$0...] } ?? url
    }

    deinit {
        unsafe curl_url_cleanup(handle)
    }

    var scheme: String { part(CURLUPART_SCHEME)?.lowercased() ?? "" }
    /// An IPv6 address in brackets.
    var host: String { part(CURLUPART_HOST) ?? "" }
    var port: String { part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)) ?? "" }

    var isLoopback: Bool {
        let host = host.lowercased()
        return host == "localhost" || host == "[::1]"
            || host.hasPrefix("127.") && host.allSatisfy { "0123456789.".contains($0) }
    }

    /// CURLOPT_CONNECT_TO's words for: where the URL says `name`, go to this host.
    borrowing func connectTo(as name: String) throws(KubernetesError) -> String {
        "\(bracketed(name)):\(port):\(host):\(port)"
    }

    /// The URL with another host.
    borrowing func url(host name: String) throws(KubernetesError) -> String {
        let copy = unsafe curl_url_dup(handle)
        defer { unsafe curl_url_cleanup(copy) }
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_set(copy, CURLUPART_HOST, bracketed(name), 0) == CURLUE_OK,
            unsafe curl_url_get(copy, CURLUPART_URL, &text, UInt32(CURLU_NO_DEFAULT_PORT)) == CURLUE_OK,
            let text = unsafe text
        else { throw KubernetesError(nil, .configuration("no host name: \(name)")) }
        defer { unsafe curl_free(text) }
        let url = unsafe String(cString: text)
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private borrowing func bracketed(_ name: String) -> String {
        name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
    }

    private borrowing func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text = unsafe text else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
