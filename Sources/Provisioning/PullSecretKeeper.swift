// Copies of pull secrets, kept in the namespaces that the webhook serves.

import FoundationEssentials
package import Kubernetes
package import Logging
package import Posix

/// Keeps copies right. It belongs to one thread; its lists and watches have threads of their own.
package final class PullSecretKeeper {
    /// Makes a client; what it is told is how long a call is tried again.
    package typealias Connect = @Sendable (Duration) -> KubernetesClient

    let options: PullSecretOptions
    private let connect: Connect
    let client: KubernetesClient
    let time: TimeSource
    let log: Logger
    let status: Monitor<PullSecretStatus>
    let view: Monitor<PullSecretView>
    /// Those that the policy lets through and nobody wants copied any more: their copies are taken away.
    private let former: [String]
    let isOver = Monitor(false)
    /// The problems of the last look, so that each is told of once while it lasts.
    var told: Set<String> = []
    var hadProblems = false

    /// What a look found.
    package struct Outcome: Sendable {
        package internal(set) var problems: [ProvisioningError] = []
        /// Whether another look may find more to do at once.
        package internal(set) var isChanging = false
    }

    /// How long a write is tried again: others wait for it.
    private static let patience: Duration = .seconds(10)
    /// The looks of `--once`: after the one that writes comes one that sees it, and others change things meanwhile.
    private static let rounds = 5
    /// Waits after looks that failed, in seconds.
    private static let firstDelay: Int64 = 1
    private static let longestDelay: Int64 = 60
    /// News are gathered for so long: a rollout of namespaces is one look, not hundreds.
    private static let gathering: Duration = .milliseconds(50)

    /// Looks for the policy first: throws where it is missing or does not hold this account.
    package init(
        options: PullSecretOptions, connect: @escaping Connect, status: Monitor<PullSecretStatus>, time: TimeSource,
        log: Logger
    ) throws(ProvisioningError) {
        self.options = options
        self.connect = connect
        self.status = status
        self.time = time
        self.log = log
        client = connect(Self.patience)
        let guardian = PullSecretGuard(client: connect(.seconds(60)), options: options, time: time)
        let allowed = try guardian.check()
        try guardian.attack()
        former = allowed.filter { !options.names.contains($0) }
        view = Monitor(PullSecretView(names: options.names))
    }

    // MARK: once

    /// Lists, does what is due, and looks again whether it is done.
    package func once() -> Outcome {
        var outcome = Outcome()
        for _ in 0..<Self.rounds {
            do throws(KubernetesError) {
                try list()
            } catch {
                outcome.problems = [.kubernetes(error)]
                tell(outcome, isWhole: false)
                return outcome
            }
            outcome = look()
            if !outcome.isChanging { break }
        }
        return outcome
    }

    private func list() throws(KubernetesError) {
        let home = options.home
        let namespaces = try client.list(.namespaces(labelSelector: options.namespaceSelector)) {
            PullSecretView.Chosen($0)
        }
        view.withLock { $0.take(.all(namespaces.objects)) }
        for name in options.names + former {
            do throws(KubernetesError) {
                let secrets = try client.list(.secrets(named: name)) { PullSecretView.Seen($0, home: home) }
                view.withLock { $0.take(.all(secrets.objects), named: name) }
            } catch {
                // The right to take copies away may be gone with the name; nothing waits for it.
                guard former.contains(name) else { throw error }
                view.withLock { $0.take(.failed(error), named: name) }
            }
        }
    }

    // MARK: for good

    /// Ends `run` as soon as it can, from another thread.
    package var stop: @Sendable () -> Void {
        let (isOver, view) = (isOver, view)
        return {
            isOver.withLock { $0 = true }
            view.notify()
        }
    }

    /// Lists and watches, and does what is due, until it is stopped. Throws where the policy is no longer there.
    package func run() throws(ProvisioningError) {
        let isOver = isOver
        let threads = try PullSecretFeeds(
            options: options, names: options.names + former, connect: { [connect] in connect(Self.patience) },
            time: time, view: view
        ).start(isOver: { isOver.withLock { $0 } })
        // Where it throws, nobody waits for watches that may last for minutes.
        defer { isOver.withLock { $0 = true } }
        var seen = -1
        var checked = MonotonicTime.now
        var delay = Self.firstDelay
        while !isOver.withLock({ $0 }) {
            let next = checked + .seconds(options.interval)
            seen = view.withLock(
                when: { $0.generation != seen || isOver.withLock { $0 } }, before: next, { $0.generation })
            time.pause(Self.gathering)
            if MonotonicTime.now >= next {
                try checkAgain()
                checked = .now
            }
            let outcome = look()
            guard outcome.isChanging || !outcome.problems.isEmpty, !isOver.withLock({ $0 }) else {
                delay = Self.firstDelay
                continue
            }
            // What is only to be waited for (a source, a list) is told by the news.
            if outcome.isChanging {
                time.pause(.seconds(delay))
                delay = min(delay * 2, Self.longestDelay)
                seen = -1
            }
        }
        for thread in threads { thread.join() }
    }

    private func checkAgain() throws(ProvisioningError) {
        do throws(ProvisioningError) {
            _ = try PullSecretGuard(client: client, options: options, time: time).check()
        } catch {
            // Out of reach: the writes will be, too.
            if case .kubernetes(let cause) = error, cause.isUnreachable {
                return tell(Outcome(problems: [error]), isWhole: false)
            }
            status.withLock { $0.isReady = false }
            throw error
        }
    }
}
