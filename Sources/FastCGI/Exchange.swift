private import CFastCGI
internal import Glibc
internal import Posix

/// One request and its answer at a time, over libfcgi: the only file that sees its types and fields.
///
/// FCGX_Request stays at one heap address, because its streams point back to it, and serves one connection after
/// another. It belongs to the thread that made it.
@safe
struct Exchange: ~Copyable {
    private let request: UnsafeMutablePointer<FCGX_Request>
    private var connection: Descriptor?

    init() {
        Library.ready
        unsafe request = .allocate(capacity: 1)
        // Without a listening socket, libfcgi's own accept answers EBADF: it cannot take a connection past us.
        unsafe FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        unsafe FCGX_Free(request, 0)
        unsafe request.deallocate()
    }

    // MARK: Life

    /// Reads the header: BEGIN_REQUEST and all PARAMS. False, with the connection closed, if none came in time or
    /// libfcgi did not like it.
    ///
    /// libfcgi's header asks not to touch the fields set here; how 2.4.2 uses them:
    /// - `ipcFd`: FCGX_Accept_r accepts by itself only where this is negative.
    /// - `keepConnection`: FCGX_Accept_r begins by finishing the request before, and would close `ipcFd` with it.
    /// - `detached`: after a bad header it frees the request with close, which for an attached connection means
    ///   shutdown, then poll for 2 s and read as long as the peer likes to send; detached, it is close(2) alone. The
    ///   next accept, on socket -1, then fails with EBADF, which ends FCGX_Accept_r.
    mutating func begin(_ accepted: consuming Descriptor) -> Bool {
        unsafe request.pointee.ipcFd = accepted.release()
        unsafe request.pointee.keepConnection = 1
        unsafe request.pointee.detached = 1
        guard unsafe FCGX_Accept_r(request) == 0 else { return false }
        connection = unsafe Descriptor(owning: request.pointee.ipcFd)
        // A header that was cut between two parameters counts as whole for libfcgi, but the error stays.
        guard inputError == nil else {
            free()
            return false
        }
        return true
    }

    /// Ends the answer, unless that was done, and closes the connection.
    ///
    /// It closes even if the peer asked to keep it (FCGI_KEEP_CONN): kept, it would hold this thread while idle, and
    /// bytes left over would poison the next request.
    ///
    /// The close is ours, not FCGX_Finish_r's, which costs shutdown, poll and read besides close, and has the thread
    /// wait until the peer closes too, up to 2 s a time. On a unix socket close(2) takes nothing back that was
    /// written: it lies in the peer's queue already. Only a peer that is still writing its request is hurt: its next
    /// write fails (EPIPE, ECONNRESET), and nginx may give up on that before it reads the answer. So where input is
    /// left, we read on and throw away, until the peer closes or `limit` is over, however many bytes it drips.
    mutating func end(lingering limit: Duration) {
        guard connection != nil else { return }
        let isWritten = finishOutput()
        // The end of STDIN mostly lies in libfcgi's buffer, unread by those who expect no body.
        if isWritten, !inputIsClosed, nextByte() != nil, let connection = connection.take() {
            linger(connection, limit)
        }
        free()
    }

    /// Closes the connection, and gives back what libfcgi made for the request, unwritten output with it.
    private mutating func free() {
        unsafe FCGX_Free(request, 0)
        unsafe request.pointee.ipcFd = -1
        connection = nil
    }

    private func linger(_ connection: borrowing Descriptor, _ limit: Duration) {
        let deadline = MonotonicTime.now + limit
        do throws(Errno) {
            try connection.shutdown(.write)
            while true {
                let left = (deadline - MonotonicTime.now).wholeMilliseconds
                guard left > 0, try connection.waitReadable(milliseconds: left) else { return }
                if try connection.read(atMost: 16 * 1024).isEmpty { return }
            }
        } catch {
            // The peer is gone, so nothing is left to be lost.
        }
    }

    // MARK: Input

    var isResponder: Bool {
        unsafe request.pointee.role == 1
    }

    /// Lends a parameter's bytes; nil if it was not sent. Of one sent twice, the first.
    func withParameter<Result>(_ name: StaticString, _ body: (Span<UInt8>) -> Result) -> Result? {
        let name = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        guard let value = unsafe FCGX_GetParam(name, request.pointee.envp) else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: value, count: strlen(value))
        return unsafe body(bytes.assumingMemoryBound(to: UInt8.self).span)
    }

    /// Reads until the buffer is full, STDIN ends, or reading fails; the count.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count, !inputIsClosed {
            let start = unsafe (base + done).assumingMemoryBound(to: CChar.self)
            let count = Int32(clamping: buffer.count - done)
            done += Int(unsafe FCGX_GetStr(start, count, request.pointee.in))
        }
        return done
    }

    /// Reads one byte; nil if STDIN is at its end, or reading fails.
    func nextByte() -> UInt8? {
        UInt8(exactly: unsafe FCGX_GetChar(request.pointee.in))
    }

    /// Whether reading is over: at the end of STDIN, or by an error.
    var inputIsClosed: Bool {
        unsafe FCGX_HasSeenEOF(request.pointee.in) != 0
    }

    /// Why reading failed; nil if it did not.
    var inputError: InputError? {
        InputError(code: unsafe FCGX_GetError(request.pointee.in))
    }

    // MARK: Output

    /// Adds to the answer; libfcgi writes it out when its 8 KB are full. False if that failed.
    func write(_ bytes: Span<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            guard var next = buffer.baseAddress else { return true }
            var left = buffer.count
            while left > 0 {
                let count = Int32(clamping: left)
                let start = unsafe next.assumingMemoryBound(to: CChar.self)
                guard unsafe FCGX_PutStr(start, count, request.pointee.out) == count else { return false }
                unsafe next += Int(count)
                left -= Int(count)
            }
            return true
        }
    }

    /// Ends the answer: its last bytes, the end of STDOUT and END_REQUEST, which make one write. False if any write of
    /// the answer failed. Once it is done, it only answers again.
    ///
    /// STDERR is closed first: as it is empty, it then costs no record.
    func finishOutput() -> Bool {
        // After a failed write libfcgi's close would try the same bytes again, and wait again for a peer that does not
        // read. On an ended socket it fails at once.
        if writeFailed { try? connection?.shutdown(.both) }
        unsafe FCGX_FClose(request.pointee.err)
        unsafe FCGX_FClose(request.pointee.out)
        return !writeFailed
    }

    private var writeFailed: Bool {
        unsafe FCGX_GetError(request.pointee.out) != 0
    }
}

/// libfcgi's own state, of the process.
private enum Library {
    /// Initialises it, once. FCGX_Init puts handlers on SIGPIPE, SIGUSR1 and SIGTERM even where they were ignored; with
    /// them SIGTERM would no longer end a process that does not wait for it. They are put back.
    static let ready: Void = {
        let status = Signal.keepingHandlers(of: [.pipe, .user1, .terminate]) { FCGX_Init() }
        // ENOMEM for a table of 16 entries is all that can happen.
        precondition(status == 0, "FCGX_Init: \(status)")
    }()
}
