// libcurl's easy handle: libcurl-easy(3).

private import CCurl
private import Posix

/// The one owner of an easy handle, with the connections that it keeps.
@safe struct CurlHandle: ~Copyable {
    private let handle: UnsafeMutableRawPointer

    /// Bytes of an answer that are taken at most.
    static let answerLimit = 16 * 1024 * 1024

    /// Once a process; 0 is CURLE_OK. Since 7.84 it may run beside other threads.
    private static let started = curl_global_init(Int(CURL_GLOBAL_SSL))

    init() {
        // Both fail only where no memory is left, or where libcurl was built without TLS.
        guard Self.started == CURLE_OK, let handle = unsafe curl_easy_init() else {
            preconditionFailure("libcurl cannot start")
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
    }

    /// Sends a request and waits for the whole answer, which `answer` takes as it comes.
    borrowing func perform(
        _ request: HTTPRequest, by transport: Transport, into answer: AnswerBuffer = AnswerBuffer()
    ) throws(TransferFailure) -> HTTPAnswer {
        unsafe curl_easy_reset(handle)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_CUSTOMREQUEST, request.method)
        if let body = request.body {
            _ = unsafe CCurl_set_body(handle, body, body.count)
        }
        set(CURLOPT_USERAGENT, transport.userAgent)
        // Without `Expect`, a server is not asked whether it wants the body: one round trip less.
        var headers = StringList(request.headers + ["Expect:"])
        var targets = StringList(transport.connectTo.map { [$0] } ?? [])
        unsafe CCurl_set_list(handle, CURLOPT_HTTPHEADER, headers.first)
        unsafe CCurl_set_list(handle, CURLOPT_CONNECT_TO, targets.first)
        configure(transport)

        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = unsafe message.withUnsafeMutableBufferPointer { message in
            unsafe CCurl_set_error_buffer(handle, message.baseAddress)
            unsafe CCurl_set_receivers(handle, receiveHeader, receiveBody, Unmanaged.passUnretained(answer).toOpaque())
            return withExtendedLifetime(answer) { unsafe curl_easy_perform(handle) }
        }
        // The handle must not keep what ends with this call.
        let status = Int(unsafe CCurl_status(handle))
        unsafe curl_easy_reset(handle)
        headers.free()
        targets.free()
        guard code == CURLE_OK else {
            throw failure(code, message: String(nulTerminated: message), answer: answer)
        }
        return HTTPAnswer(status: status, headers: answer.headers, body: answer.body)
    }

    private borrowing func configure(_ transport: Transport) {
        set(CURLOPT_PROTOCOLS_STR, "https,http")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(transport.connectTimeout.wholeMilliseconds))
        set(CURLOPT_TIMEOUT_MS, Int(transport.timeout.wholeMilliseconds))
        // A server that is gone without a word is found out by this, also while nothing is expected of it.
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 10)
        switch transport.proxy {
        case .none: set(CURLOPT_NOPROXY, "*")
        case .environment: break
        case .url(let url): set(CURLOPT_PROXY, url)
        }
        set(CURLOPT_SSLVERSION, CCurl_TLSv1_2)
        switch transport.trust {
        case .authority(let pem):
            // Else the machine's own authorities count beside ours: Debian's libcurl has their folder built in.
            unsafe CCurl_set_string(handle, CURLOPT_CAPATH, nil)
            set(CURLOPT_CAINFO_BLOB, pem)
        case .system: break
        case .unverified:
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let certificate = transport.clientCertificate, let key = transport.clientKey {
            set(CURLOPT_SSLCERT_BLOB, certificate)
            set(CURLOPT_SSLKEY_BLOB, key)
        }
    }

    private borrowing func set(_ option: CURLoption, _ value: String) {
        unsafe CCurl_set_string(handle, option, value)
    }

    private borrowing func set(_ option: CURLoption, _ value: Int) {
        unsafe CCurl_set_long(handle, option, value)
    }

    private borrowing func set(_ option: CURLoption, _ bytes: [UInt8]) {
        unsafe CCurl_set_blob(handle, option, bytes, bytes.count)
    }

    private borrowing func failure(_ code: CURLcode, message: String, answer: AnswerBuffer) -> TransferFailure {
        if let text = answer.refusal { return TransferFailure(text: text, isTransient: false) }
        let general = unsafe String(cString: curl_easy_strerror(code))
        let text = message.isEmpty ? general : message.trimmed
        let lasting = [
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT,
            CURLE_UNSUPPORTED_PROTOCOL,
        ]
        return TransferFailure(text: text, isTransient: !lasting.contains(code))
    }
}

/// A list of strings as libcurl takes it: curl_slist_append(3).
@safe private struct StringList {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    init(_ strings: [String]) {
        unsafe first = nil
        for string in strings { unsafe first = curl_slist_append(first, string) }
    }

    mutating func free() {
        unsafe curl_slist_free_all(first)
        unsafe first = nil
    }
}

/// What has come of an answer. Used only within curl_easy_perform, by the thread that called it.
class AnswerBuffer {
    private(set) var headers: [String: String] = [:]
    /// Whether the last status line is of 2xx.
    private(set) var isGood = false
    private(set) var body: [UInt8] = []
    /// Why no more is taken; nil while more is.
    var refusal: String?

    /// Takes bytes of the body; false where no more are wanted, which ends the transfer.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= CurlHandle.answerLimit else {
            refusal = "the answer is longer than \(CurlHandle.answerLimit) bytes"
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    fileprivate func takeHeader(_ line: String) {
        // A status line begins the headers anew: those before it were of a `100 Continue`, or of a proxy.
        if line.hasPrefix("HTTP/") {
            headers = [:]
            isGood = line.split(separator: " ").dropFirst().first?.hasPrefix("2") == true
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...]).trimmed
    }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    let line = unsafe String(decoding: buffer, as: UTF8.self)
    unsafe Unmanaged<AnswerBuffer>.fromOpaque(context).takeUnretainedValue().takeHeader(line)
    return size * count
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let answer = unsafe Unmanaged<AnswerBuffer>.fromOpaque(context).takeUnretainedValue()
    return unsafe answer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

extension String {
    /// Up to the first NUL.
    fileprivate init(nulTerminated text: [CChar]) {
        self.init(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Without the white space at both ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
