internal import Posix
internal import Registry
internal import VerifierProtocol

/// A connection of someone who asks: one request at a time, answered in order.
final class Client {
    /// A request that is not answered yet.
    struct Pending {
        /// Which of the client's requests it is.
        var number: Int
        var images: [RegistryImage?]
        var answers: [VerifierAnswer]
        /// Of them, those that are not known yet.
        var open: Int
        var deadline: MonotonicTime
        /// How long all answers will be the same: zero where one was not known at once.
        var lasting = Duration.seconds(60)
    }

    let socket: Descriptor
    var pending: Pending?
    /// When bytes last went either way.
    private(set) var lastProgress = MonotonicTime.now
    private var input = FrameBuffer()
    private var output: [UInt8] = []
    private var written = 0
    /// The client sends no more.
    private var isAtEnd = false
    private var isBroken = false
    /// A frame was taken, and there may be one more.
    private var hasFrame = false

    /// Bytes that one read takes.
    private static let readSize = 64 << 10
    /// Bytes of input that wait at most: the longest frame, and some of the next.
    private static let longestInput = VerifierFrame.longestContent + readSize

    init(_ socket: consuming Descriptor) {
        self.socket = socket
    }

    var hasOutput: Bool { written < output.count }
    var hasWork: Bool { pending == nil && !hasOutput && hasFrame }
    var isIdle: Bool { pending == nil && !hasOutput && input.isEmpty }
    /// Nothing comes of it any more.
    var isDone: Bool { isBroken || isAtEnd && pending == nil && !hasOutput && !hasFrame }

    /// What is to be waited for; nil for nothing but an answer.
    var watched: Watched? {
        let reads = !isAtEnd && input.count < Self.longestInput
        return reads || hasOutput ? Watched(socket, reads: reads, writes: hasOutput) : nil
    }

    func read(at now: MonotonicTime) {
        guard !isAtEnd, input.count < Self.longestInput else { return }
        do throws(Errno) {
            let bytes = try socket.read(atMost: Self.readSize)
            if bytes.isEmpty { isAtEnd = true }
            input.append(bytes.span)
            lastProgress = now
        } catch .wouldBlock {
            return
        } catch {
            isBroken = true
        }
    }

    /// The next request, unless one is being answered. Throws for a frame that is none.
    func nextRequest() throws(VerifierProtocolError) -> VerifierRequest? {
        guard pending == nil, !hasOutput else { return nil }
        guard let content = try input.next() else {
            hasFrame = false
            return nil
        }
        hasFrame = true
        return try VerifierRequest(content: content)
    }

    func send(_ frame: [UInt8], at now: MonotonicTime) {
        output = frame
        written = 0
        write(at: now)
    }

    func write(at now: MonotonicTime) {
        let target = Output(descriptor: socket.rawValue)
        while hasOutput, !isBroken {
            do throws(Errno) {
                let count = try target.write(output, written..<output.count)
                written += count
                lastProgress = now
            } catch .wouldBlock {
                return
            } catch {
                isBroken = true
            }
        }
        output = []
        written = 0
    }

    /// Whether it has kept half a frame, or an answer, for too long.
    func isStalled(at now: MonotonicTime, for limit: Duration) -> Bool {
        (hasOutput || pending == nil && !input.isEmpty) && now - lastProgress > limit
    }
}
