package import Logging
package import Posix
private import Registry
private import VerifierProtocol

/// Ends a server; any thread may let it happen.
package final class StopEvent: Sendable {
    package let event: WakeEvent

    package init() throws(Errno) {
        event = try WakeEvent()
    }
}

/// Answers over a unix socket, in one thread: questions, registries and clients are waited for together, and nobody waits
/// for anybody else.
package final class VerifierServer {
    private let listener: Listener
    private let verifier: Verifier
    private let stop: StopEvent
    private let log: Logger
    private var clients: [Int: Client] = [:]
    private var nextClient = 0
    private var nextRequest = 0
    /// Who waits for a look: a client, its request, and the place there.
    private var waiting: [Int: [(client: Int, request: Int, index: Int)]] = [:]
    /// When connections are accepted again, after descriptors ran out.
    private var acceptsAgain: MonotonicTime?
    /// When a drain ends, whatever is left.
    private var end: MonotonicTime?

    /// Connections at a time; idle ones give way to new ones.
    private static let mostClients = 512
    /// How long half a frame, or an answer that is not read, may stay.
    private static let patience = Duration.seconds(10)
    /// How long requests in hand may take at the end.
    private static let grace = Duration.seconds(5)
    /// The longest deadline that a client can ask for.
    private static let longestDeadline: UInt32 = 60_000
    /// Frames of one client before the others' turn.
    private static let framesAtOnce = 16

    /// - Parameter stop: lets it end once what is in hand is answered.
    package init(listener: Listener, verifier: Verifier, stop: StopEvent, log: Logger) {
        self.listener = listener
        self.verifier = verifier
        self.stop = stop
        self.log = log
    }

    package func run() {
        while true {
            let now = MonotonicTime.now
            if let end, clients.values.allSatisfy({ $0.pending == nil && !$0.hasOutput }) || now >= end { return }

            let accepts = end == nil && (acceptsAgain.map { $0 <= now } ?? true)
            let numbers = Array(clients.keys)
            var watched: [Watched] = []
            var owners: [Int] = []
            for number in numbers {
                guard let entry = clients[number]?.watched else { continue }
                watched.append(entry)
                owners.append(number)
            }
            if end == nil { watched.append(Watched(stop.event.descriptor, reads: true)) }
            if accepts { watched.append(Watched(listener.descriptor, reads: true)) }

            let found = verifier.work(watching: &watched, for: rest(at: now))
            let then = MonotonicTime.now
            for (lookup, finding) in found { deliver(finding, of: lookup) }
            for (index, number) in owners.enumerated() {
                guard let client = clients[number] else { continue }
                if watched[index].isReadable { client.read(at: then) }
                if watched[index].isWritable { client.write(at: then) }
            }
            if end == nil, watched[owners.count].isReadable { drain(at: then) }
            if accepts, end == nil, watched[owners.count + 1].isReadable { accept(at: then) }
            for (number, client) in clients { serve(client, number, at: then) }
        }
    }

    /// How long nothing needs to be looked at.
    private func rest(at now: MonotonicTime) -> Duration {
        var rest = Duration.seconds(1)
        for client in clients.values {
            if client.hasWork { return .zero }
            if let pending = client.pending { rest = min(rest, pending.deadline - now) }
        }
        if let acceptsAgain { rest = min(rest, acceptsAgain - now) }
        if let end { rest = min(rest, end - now) }
        return max(.zero, rest)
    }

    private func drain(at now: MonotonicTime) {
        listener.removeFile()
        end = now + Self.grace
        log.notice("ending", metadata: ["clients": "\(clients.count)"])
    }

    // MARK: clients

    private func accept(at now: MonotonicTime) {
        acceptsAgain = nil
        for _ in 0..<64 {
            do throws(Errno) {
                let socket = try listener.descriptor.accept()
                try socket.setNonBlocking(true)
                if clients.count >= Self.mostClients, !closeIdleClient() { continue }
                nextClient += 1
                clients[nextClient] = Client(socket)
            } catch .wouldBlock {
                return
            } catch .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace {
                acceptsAgain = now + .milliseconds(100)
                return
            } catch {
                // The one that was to be accepted is gone.
            }
        }
    }

    private func closeIdleClient() -> Bool {
        let idle = clients.filter { $0.value.isIdle }.min { $0.value.lastProgress < $1.value.lastProgress }
        guard let idle else { return false }
        clients[idle.key] = nil
        return true
    }

    /// Takes a client's requests, and answers what is due.
    private func serve(_ client: Client, _ number: Int, at now: MonotonicTime) {
        if let pending = client.pending, pending.open == 0 || pending.deadline <= now { answer(client, at: now) }
        do throws(VerifierProtocolError) {
            for _ in 0..<Self.framesAtOnce {
                guard end == nil, let request = try client.nextRequest() else { break }
                try take(request, of: client, number, at: now)
            }
        } catch {
            log.info("connection is closed: it does not speak the protocol", metadata: ["reason": "\(error)"])
            clients[number] = nil
            return
        }
        if client.isDone || client.isStalled(at: now, for: Self.patience) { clients[number] = nil }
    }

    private func take(
        _ request: VerifierRequest, of client: Client, _ number: Int, at now: MonotonicTime
    ) throws(VerifierProtocolError) {
        switch request {
        case .statistics: client.send(try VerifierStatistics.frame(verifier.metrics()), at: now)
        case .ask(let references, let deadline):
            verifier.readCredentials()
            nextRequest += 1
            var pending = Client.Pending(
                number: nextRequest, images: [], answers: [], open: 0,
                deadline: now + .milliseconds(min(deadline, Self.longestDeadline)))
            for (index, reference) in references.enumerated() {
                let (image, asked) = verifier.ask(reference)
                pending.images.append(image)
                switch asked {
                case .finding(let finding):
                    pending.answers.append(finding.answer)
                    pending.lasting = min(pending.lasting, verifier.rest(of: image))
                case .lookup(let lookup):
                    pending.answers.append(.unknown)
                    pending.open += 1
                    pending.lasting = .zero
                    waiting[lookup, default: []].append((number, nextRequest, index))
                }
            }
            client.pending = pending
            if pending.open == 0 { answer(client, at: now) }
        }
    }

    private func deliver(_ finding: Finding, of lookup: Int) {
        for (client, request, index) in waiting.removeValue(forKey: lookup) ?? [] {
            // It may have been answered at its deadline, and the client may ask something else by now.
            guard clients[client]?.pending?.number == request else { continue }
            clients[client]?.pending?.answers[index] = finding.answer
            clients[client]?.pending?.open -= 1
        }
    }

    private func answer(_ client: Client, at now: MonotonicTime) {
        guard let pending = client.pending else { return }
        client.pending = nil
        for (image, answer) in zip(pending.images, pending.answers) { verifier.count(answer, for: image) }
        // As many answers as a request may have, each with a digest that was checked: it fits in a frame.
        let lasting = UInt16(clamping: pending.lasting.wholeMilliseconds)
        if let frame = try? VerifierAnswer.frame(pending.answers, lasting: lasting) { client.send(frame, at: now) }
    }
}
