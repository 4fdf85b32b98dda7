// libcurl's multi interface: libcurl-multi(3).

private import CCurl
internal import Posix
internal import Registry

/// Many HTTP transfers at a time in one thread, with the descriptors of others waited for beside them.
@safe final class Transfers {
    private let multi: UnsafeMutableRawPointer
    private var running: [Int: Transfer] = [:]
    private let userAgent: String

    /// Bytes of all header lines of an answer that are taken.
    static let longestHeaders = 64 << 10
    /// Connections that are kept open between transfers.
    private static let keptConnections = 64

    /// Once a process; 0 is CURLE_OK. Since 7.84 it may run beside other threads.
    private static let started = curl_global_init(Int(CURL_GLOBAL_SSL))

    init(userAgent: String) {
        // Both fail only where no memory is left, or where libcurl was built without TLS.
        guard Self.started == CURLE_OK, let multi = unsafe curl_multi_init() else {
            preconditionFailure("libcurl cannot start")
        }
        unsafe self.multi = multi
        self.userAgent = userAgent
        unsafe CCurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnections)
    }

    deinit {
        for transfer in running.values { unsafe curl_multi_remove_handle(multi, transfer.handle) }
        running = [:]
        unsafe curl_multi_cleanup(multi)
    }

    var count: Int { running.count }

    /// Starts a transfer under a number that no other has.
    ///
    /// - Parameter authority: the only certificates, PEM, that its host's may be verified against; nil for the machine's.
    func start(_ number: Int, _ request: HTTPRequest, authority: [UInt8]?) {
        let transfer = Transfer(number, request, userAgent: userAgent, authority: authority)
        running[number] = transfer
        unsafe curl_multi_add_handle(multi, transfer.handle)
    }

    /// Waits until something happens, but no longer than `limit`, then works on what did. C: curl_multi_poll,
    /// curl_multi_perform.
    ///
    /// - Parameter watched: others' descriptors; which of them are ready is noted there.
    /// - Returns: transfers that are done.
    func work(
        watching watched: inout [Watched], for limit: Duration
    ) -> [(number: Int, result: Result<HTTPAnswer, HTTPFailure>)] {
        var others = watched.map { curl_waitfd(fd: $0.descriptor, events: $0.events, revents: 0) }
        unsafe curl_multi_poll(multi, &others, UInt32(others.count), limit.wholeMilliseconds, nil)
        for index in watched.indices { watched[index].found = others[index].revents }
        var count: Int32 = 0
        unsafe curl_multi_perform(multi, &count)
        var done: [(number: Int, result: Result<HTTPAnswer, HTTPFailure>)] = []
        var code = CURLE_OK
        while let handle = unsafe CCurl_next_done(multi, &code) {
            let number = unsafe CCurl_number(handle)
            unsafe curl_multi_remove_handle(multi, handle)
            guard let transfer = running.removeValue(forKey: number) else { continue }
            done.append((number, transfer.result(code)))
        }
        return done
    }
}

/// A descriptor that is waited for beside the transfers: poll(2).
struct Watched {
    let descriptor: Int32
    let events: Int16
    /// What happened to it.
    var found: Int16 = 0

    private static let input = Int16(CURL_WAIT_POLLIN)
    private static let output = Int16(CURL_WAIT_POLLOUT)

    init(_ descriptor: borrowing Descriptor, reads: Bool, writes: Bool = false) {
        self.descriptor = descriptor.rawValue
        events = (reads ? Self.input : 0) | (writes ? Self.output : 0)
    }

    /// There is something to read, or the end, or an error that reading tells.
    var isReadable: Bool { found & ~Self.output != 0 }
    var isWritable: Bool { found & Self.output != 0 }
}

/// One transfer: its handle, and what has come of its answer. Used by the thread of its `Transfers` only.
@safe private final class Transfer {
    let handle: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let message: UnsafeMutablePointer<CChar>
    private let answer: AnswerBuffer

    init(_ number: Int, _ request: HTTPRequest, userAgent: String, authority: [UInt8]?) {
        guard let handle = unsafe curl_easy_init() else { preconditionFailure("no memory for a transfer") }
        unsafe self.handle = handle
        unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe headers = nil
        answer = AnswerBuffer(longestBody: request.longestBody)

        unsafe CCurl_set_number(handle, number)
        set(CURLOPT_URL, request.address.text)
        switch request.method {
        case .head: set(CURLOPT_NOBODY, 1)
        case .get: set(CURLOPT_HTTPGET, 1)
        }
        for header in request.headers { unsafe headers = curl_slist_append(headers, header) }
        unsafe CCurl_set_list(handle, CURLOPT_HTTPHEADER, headers)
        set(CURLOPT_USERAGENT, userAgent)
        set(CURLOPT_PROTOCOLS_STR, request.address.isSecure ? "https" : "http")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        // Else the end of a transfer whose host's name is still looked up waits for that: the whole loop with it.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        let timeout = max(1, Int(request.timeout.wholeMilliseconds))
        set(CURLOPT_TIMEOUT_MS, timeout)
        set(CURLOPT_CONNECTTIMEOUT_MS, timeout)
        set(CURLOPT_SSLVERSION, CCurl_TLSv1_2)
        if let authority {
            // Else the machine's own authorities count beside these: Debian's libcurl has their folder built in.
            unsafe CCurl_set_string(handle, CURLOPT_CAPATH, nil)
            unsafe CCurl_set_blob(handle, CURLOPT_CAINFO_BLOB, authority, authority.count)
        }
        unsafe CCurl_set_error_buffer(handle, message)
        unsafe CCurl_set_receivers(handle, receiveHeader, receiveBody, Unmanaged.passUnretained(answer).toOpaque())
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headers)
        unsafe message.deallocate()
    }

    func result(_ code: CURLcode) -> Result<HTTPAnswer, HTTPFailure> {
        if answer.isTooLong { return .failure(.tooLong) }
        switch code {
        case CURLE_OK:
            let status = unsafe CCurl_status(handle)
            return .success(HTTPAnswer(status: Int(status), headers: answer.headers, body: answer.body))
        case CURLE_OPERATION_TIMEDOUT: return .failure(.timedOut)
        default:
            let text = unsafe String(cString: message)
            return .failure(.failed(text.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : text))
        }
    }

    private func set(_ option: CURLoption, _ value: String) {
        unsafe CCurl_set_string(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: Int) {
        unsafe CCurl_set_long(handle, option, value)
    }
}

/// What has come of an answer.
private final class AnswerBuffer {
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    private(set) var isTooLong = false
    private var headerBytes = 0
    private let longestBody: Int

    init(longestBody: Int) {
        self.longestBody = longestBody
    }

    /// False ends the transfer.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Transfers.longestHeaders else {
            isTooLong = true
            return false
        }
        let text = unsafe String(decoding: line, as: UTF8.self)
        // A status line begins the headers anew: those before it were of a `100 Continue`.
        if text.hasPrefix("HTTP/") { headers = [] }
        guard let colon = text.firstIndex(of: ":") else { return true }
        let value = text[text.index(after: colon)...].drop { $0.isWhitespace }
        let end = value.lastIndex { !$0.isWhitespace }
        headers.append((text[..<colon].lowercased(), end.map { String(value[...$0]) } ?? ""))
        return true
    }

    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= longestBody else {
            isTooLong = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe Unmanaged<AnswerBuffer>.fromOpaque(context).takeUnretainedValue().takeHeader(line) ? size * count : 0
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe Unmanaged<AnswerBuffer>.fromOpaque(context).takeUnretainedValue().takeBody(part) ? size * count : 0
}
