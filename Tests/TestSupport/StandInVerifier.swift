internal import Posix
internal import Synchronization
internal import VerifierProtocol

/// Serves the verifier's protocol on a socket of its own, as well or as badly as it is told to.
package final class StandInVerifier: Sendable {
    package enum Behaviour: Sendable {
        /// Images whose names contain "there" are there, with "gone" they are absent, others unknown.
        case answers
        /// The same, and it says for how long.
        case lasting(milliseconds: UInt16)
        case says([UInt8])
        case closes
        /// It reads, and says nothing.
        case silent
        /// It answers, so much later.
        case slow(milliseconds: Int32)
    }

    package static let digest = Array("sha256:\(String(repeating: "d", count: 64))".utf8)

    private let listener: Descriptor
    private let behaviour: Monitor<Behaviour>
    /// Frames that came, and connections.
    private let seen = Atomic(0)
    private let accepted = Atomic(0)
    private let thread = Monitor<Thread?>(nil)

    package var questions: Int { seen.load(ordering: .acquiring) }
    package var connections: Int { accepted.load(ordering: .acquiring) }

    package init(at path: String, _ behaviour: Behaviour = .answers) throws {
        Signal.pipe.ignore()
        let address = UnixAddress(path: path)
        guard let address else { throw Errno.nameTooLong }
        try? Path.remove(path)
        listener = try Descriptor.unixStream()
        try listener.bind(to: address)
        try listener.listen(backlog: 64)
        self.behaviour = Monitor(behaviour)
        let started = try Thread(name: "verifier", stackSize: 1 << 19) { [self] in serve() }
        thread.withLock { $0 = started }
    }

    package func behave(_ behaviour: Behaviour) { self.behaviour.withLock { $0 = behaviour } }

    /// No connection is taken any more; those that are open end with their next question.
    package func stop() {
        behave(.closes)
        try? listener.shutdown(.both)
        thread.withLock { $0.take() }?.join()
    }

    private func serve() {
        while let connection = try? listener.accept() {
            accepted.add(1, ordering: .relaxed)
            let number = connection.release()
            _ = try? Thread(name: "connection", stackSize: 1 << 19) { [self] in
                let connection = Descriptor(owning: number)
                try? answer(connection)
            }
        }
    }

    private func answer(_ connection: borrowing Descriptor) throws {
        var buffer = FrameBuffer()
        while true {
            let bytes = try connection.read(atMost: 1 << 16)
            guard !bytes.isEmpty else { return }
            buffer.append(bytes.span)
            while let content = try buffer.next() {
                seen.add(1, ordering: .releasing)
                let behaviour = behaviour.withLock { $0 }
                switch behaviour {
                case .answers: try connection.write(Self.answer(content))
                case .lasting(let milliseconds): try connection.write(Self.answer(content, lasting: milliseconds))
                case .says(let bytes): try connection.write(bytes)
                case .closes: return
                case .silent: break
                case .slow(let milliseconds):
                    Thread.sleep(milliseconds: milliseconds)
                    try connection.write(Self.answer(content))
                }
            }
        }
    }

    private static func answer(_ content: [UInt8], lasting: UInt16 = 0) throws -> [UInt8] {
        switch try VerifierRequest(content: content) {
        case .ask(let references, _): try VerifierAnswer.frame(references.map(answer(to:)), lasting: lasting)
        case .statistics: try VerifierStatistics.frame(Array("imageswap_verifier_x 1\n".utf8))
        }
    }

    private static func answer(to reference: [UInt8]) -> VerifierAnswer {
        let text = String(decoding: reference, as: UTF8.self)
        return text.contains("there") ? .present(digest: digest) : text.contains("gone") ? .absent : .unknown
    }
}
