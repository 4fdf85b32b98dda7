package import Admission
private import Posix
private import VerifierProtocol

/// Asks imageswap-verifier, over its unix socket, whether images are there; never for longer than the deadline.
///
/// One serves one thread. Its connection is kept from review to review. A verifier that is down, slow or answers rubbish
/// leaves what is asked unknown.
package final class VerifierClient {
    /// How it went.
    package enum Outcome: Int, CaseIterable, Sendable {
        /// Everything is known.
        case answered
        /// Something was not to be learned in time.
        case incomplete
        /// The verifier itself did not answer in time.
        case late
        /// There is no verifier, or none that one can talk to.
        case unreachable

        package var name: String {
            switch self {
            case .answered: "answered"
            case .incomplete: "incomplete"
            case .late: "late"
            case .unreachable: "unreachable"
            }
        }
    }

    private enum Failure: Error {
        case late
        case unreachable(String)
    }

    private let socket: String
    private let deadline: Duration
    private var connection: Descriptor?
    private var known = KnownAnswers()
    /// A verifier that broke its promise to answer in time is not asked again before then.
    private var restsUntil: MonotonicTime?
    /// Why the last question was not answered; nil if it was.
    package private(set) var lastFailure: String?

    /// How long such a verifier is left alone.
    private static let rest = Duration.seconds(2)
    /// What the verifier is given less than the deadline, so that its answer is here in time: a fifth, at most so long.
    private static let longestMargin = Duration.milliseconds(30)
    private static let statisticsDeadline = Duration.milliseconds(200)
    private static let readSize = 16 << 10

    /// - Parameter deadline: Of a review, however many images it has.
    package init(socket: String, deadline: Duration) {
        self.socket = socket
        self.deadline = deadline
    }

    /// Whether these images are there, in their order.
    package func ask(_ images: [[UInt8]]) -> (presence: [Presence], outcome: Outcome) {
        let now = MonotonicTime.now
        let found = images.map { known.presence(of: $0, at: now) }
        let open = found.indices.filter { found[$0] == nil }
        guard open.count < images.count else { return exchange(images, at: now) }
        var presence = found.map { $0 ?? .unknown }
        guard !open.isEmpty else {
            lastFailure = nil
            return (presence, presence.contains(.unknown) ? .incomplete : .answered)
        }
        let (answers, outcome) = exchange(open.map { images[$0] }, at: now)
        for (index, answer) in zip(open, answers) { presence[index] = answer }
        return (presence, outcome == .answered && presence.contains(.unknown) ? .incomplete : outcome)
    }

    private func exchange(
        _ images: [[UInt8]], at now: MonotonicTime
    ) -> (presence: [Presence], outcome: Outcome) {
        let end = now + deadline
        let asked = Array(images.prefix(VerifierFrame.mostReferences))
        let patience = deadline - min(deadline / 5, Self.longestMargin)
        do throws(Failure) {
            let content = try exchange(.ask(asked, deadline: UInt32(patience.wholeMilliseconds)), until: end)
            let reply = try checked { () throws(VerifierProtocolError) in
                try VerifierAnswer.reply(in: content, to: asked.count)
            }
            lastFailure = nil
            let presence = reply.answers.map(Presence.init)
            if reply.lasting > 0 {
                let then = MonotonicTime.now
                let end = then + min(.milliseconds(reply.lasting), KnownAnswers.longest)
                for (image, presence) in zip(asked, presence) { known.store(presence, of: image, until: end, at: then) }
            }
            let isWhole = asked.count == images.count && !presence.contains(.unknown)
            return (presence, isWhole ? .answered : .incomplete)
        } catch {
            switch error {
            case .late:
                // Nil only if it was asked.
                if restsUntil == nil { restsUntil = .now + Self.rest }
                lastFailure = "imageswap-verifier at \(socket) does not answer in time"
                return ([], .late)
            case .unreachable(let reason):
                lastFailure = "imageswap-verifier at \(socket) cannot be asked: \(reason)"
                return ([], .unreachable)
            }
        }
    }

    /// The verifier's own metrics, in Prometheus' text format; nil if they are not to be had.
    package func statistics() -> [UInt8]? {
        guard let content = try? exchange(.statistics, until: .now + Self.statisticsDeadline) else { return nil }
        return try? checked { () throws(VerifierProtocolError) in try VerifierStatistics.text(in: content) }
    }

    // MARK: one request and its answer

    /// The content of the answer. After a failure the connection is closed: an answer that came late would be taken for
    /// that to the next request.
    private func exchange(_ request: VerifierRequest, until end: MonotonicTime) throws(Failure) -> [UInt8] {
        if let restsUntil, .now < restsUntil { throw .late }
        restsUntil = nil
        let frame = try checked { () throws(VerifierProtocolError) in try request.frame() }
        do throws(Failure) {
            // The verifier may have been started anew since: then a kept connection fails at once.
            if connection != nil, let content = try? exchange(frame, until: end) { return content }
            guard .now < end else { throw .late }
            connection = nil
            try connect()
            return try exchange(frame, until: end)
        } catch {
            connection = nil
            throw error
        }
    }

    private func connect() throws(Failure) {
        guard let address = UnixAddress(path: socket) else { throw .unreachable("no socket can have this path") }
        connection = try calling { () throws(Errno) in
            let socket = try Descriptor.unixStream(nonBlocking: true)
            try socket.connect(to: address)
            return socket
        }
    }

    private func exchange(_ frame: [UInt8], until end: MonotonicTime) throws(Failure) -> [UInt8] {
        try send(frame, until: end)
        var buffer = FrameBuffer()
        while true {
            let content = try checked { () throws(VerifierProtocolError) in try buffer.next() }
            if let content {
                guard buffer.isEmpty else { throw .unreachable("it sent more than an answer") }
                return content
            }
            let bytes = try receive(until: end)
            guard !bytes.isEmpty else { throw .unreachable("it closed the connection") }
            buffer.append(bytes.span)
        }
    }

    private func send(_ frame: [UInt8], until end: MonotonicTime) throws(Failure) {
        guard let number = connection?.rawValue else { return }
        let output = Output(descriptor: number)
        var done = 0
        while done < frame.count {
            let count = try calling { () throws(Errno) in
                do throws(Errno) {
                    return try output.write(frame, done..<frame.count)
                } catch {
                    guard error == .wouldBlock else { throw error }
                    return 0
                }
            }
            done += count
            if count == 0 { _ = output.waitWritable(milliseconds: try remaining(until: end)) }
        }
    }

    private func receive(until end: MonotonicTime) throws(Failure) -> [UInt8] {
        while true {
            let patience = try remaining(until: end)
            let bytes = try calling { () throws(Errno) -> [UInt8]? in
                guard try connection?.waitReadable(milliseconds: patience) == true else { return nil }
                return try connection?.read(atMost: Self.readSize)
            }
            if let bytes { return bytes }
        }
    }

    private func remaining(until end: MonotonicTime) throws(Failure) -> Int32 {
        let time = end - .now
        guard time > .zero else { throw .late }
        return time.wholeMilliseconds
    }

    private func calling<Result: ~Copyable>(_ body: () throws(Errno) -> Result) throws(Failure) -> Result {
        do { return try body() } catch { throw .unreachable("\(error)") }
    }

    private func checked<Result>(_ body: () throws(VerifierProtocolError) -> Result) throws(Failure) -> Result {
        do {
            return try body()
        } catch {
            connection = nil
            throw .unreachable("\(error)")
        }
    }
}

extension Presence {
    fileprivate init(_ answer: VerifierAnswer) {
        switch answer {
        case .present(let digest): self = .present(digest: digest)
        case .absent: self = .absent
        case .unknown: self = .unknown
        }
    }
}
