// Copies of pull secrets, kept in the namespaces that the webhook serves.

import FoundationEssentials
package import Kubernetes
package import Logging
package import Posix

/// Keeps copies right. It belongs to one thread; its lists and watches have threads of their own.
package final class PullSecretKeeper {
    /// Makes a client; what it is told is how long a call is tried again.
    package typealias Connect = @Sendable (Duration) -> KubernetesClient

    private let options: PullSecretOptions
    private let connect: Connect
    private let client: KubernetesClient
    private let time: TimeSource
    private let log: Logger
    private let status: Monitor<PullSecretStatus>
    private let view: Monitor<PullSecretView>
    /// Those to look at: to copy, or to take away.
    private let names: [String]
    private let isOver = Monitor(false)
    /// The problems of the last look, so that each is told of once while it lasts.
    private var told: Set<String> = []
    private var hadProblems = false

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
        let allowed = try PullSecretGuard(client: connect(.seconds(60)), options: options, time: time).check()
        names = options.names + allowed.filter { !options.names.contains($0) }
        view = Monitor(PullSecretView(names: names))
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
                tell(outcome)
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
        for name in names {
            let secrets = try client.list(.secrets(named: name)) { PullSecretView.Seen($0, home: home) }
            view.withLock { $0.take(.all(secrets.objects), named: name) }
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
        let threads = try watch()
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
            if case .configuration = error {
                status.withLock { $0.isReady = false }
                throw error
            }
            // Out of reach: the writes will be, too.
            tell(Outcome(problems: [error]))
        }
    }

    /// A thread for each list with its watch.
    private func watch() throws(ProvisioningError) -> [Posix.Thread] {
        let (connect, options, time, view, isOver) = (connect, options, time, view, isOver)
        let isDone: @Sendable () -> Bool = { isOver.withLock { $0 } }
        do throws(Errno) {
            var threads = [
                try Posix.Thread(name: "namespaces", stackSize: Self.stack) {
                    var reflector = Reflector(
                        client: connect(Self.patience), .namespaces(labelSelector: options.namespaceSelector),
                        time: time, interval: options.interval, metadata: \.metadata, keep: PullSecretView.Chosen.init)
                    reflector.run(isOver: isDone) { news in
                        view.withLock { $0.take(news) }
                        view.notify()
                    }
                }
            ]
            for name in names {
                threads.append(
                    try Posix.Thread(name: "secrets", stackSize: Self.stack) {
                        var reflector = Reflector(
                            client: connect(Self.patience), .secrets(named: name), time: time,
                            interval: options.interval, metadata: \.metadata
                        ) { PullSecretView.Seen($0, home: options.home) }
                        reflector.run(isOver: isDone) { news in
                            view.withLock { $0.take(news, named: name) }
                            view.notify()
                        }
                    })
            }
            return threads
        } catch {
            throw .unanswered("cannot start a thread: \(error)")
        }
    }

    /// Bytes of a thread's stack: JSON is read by recursion.
    private static let stack = 1 << 20

    // MARK: one look

    /// Does what is due by what is known, once all is.
    private func look() -> Outcome {
        var outcome = Outcome()
        var foreign: [SecretPlace] = []
        let view = view.withLock { $0 }
        outcome.problems = view.failures.sorted { "\($0.key)" < "\($1.key)" }.map { .kubernetes($0.value) }
        if view.isComplete {
            var plan = plan(view)
            apply(plan, view, &outcome)
            // What the writes made of it.
            plan = self.plan(self.view.withLock { $0 })
            for (name, flaw) in plan.flaws.sorted(by: { $0.key < $1.key }) {
                outcome.problems.append(problem(flaw, of: SecretPlace(options.home, name)))
            }
            foreign = plan.foreign
            note(plan)
        }
        tell(outcome, foreign: foreign)
        return outcome
    }

    private func plan(_ view: PullSecretView) -> PullSecretPlan {
        PullSecretPlan(names: options.names, home: options.home, namespaces: view.namespaces, found: view.found)
    }

    private func apply(_ plan: PullSecretPlan, _ view: PullSecretView, _ outcome: inout Outcome) {
        let chosen = Set(view.namespaces)
        for change in plan.changes {
            if isOver.withLock({ $0 }) { return }
            do throws(KubernetesError) {
                let isDone = try apply(change, view)
                // One that is made anew is made at the next look.
                if !isDone || change.isFollowed(among: options.names, in: chosen) { outcome.isChanging = true }
            } catch {
                outcome.isChanging = true
                outcome.problems.append(.kubernetes(error))
                // The others would wait as long as this one did.
                if error.isUnreachable { return }
            }
        }
    }

    /// Makes one change. False where someone else was first: what is there now has to be seen.
    private func apply(_ change: PullSecretPlan.Change, _ seen: PullSecretView) throws(KubernetesError) -> Bool {
        let place = change.place
        do throws(KubernetesError) {
            switch change {
            case .create:
                guard let data = seen.data(of: SecretPlace(options.home, place.name)) else { return false }
                let labels = [managedByLabel: managerName, copyLabel: options.home]
                let metadata = ObjectMeta(name: place.name, namespace: place.namespace, labels: labels)
                let made = try client.create(Secret(metadata: metadata, type: pullSecretType, data: data))
                note(PullSecretView.Seen(made, home: options.home), at: place, seen) { $0.created += 1 }
            case .update(let old):
                guard let data = seen.data(of: SecretPlace(options.home, place.name)) else { return false }
                let new = try client.replace(
                    secret: place.name, namespace: place.namespace, resourceVersion: old.resourceVersion, data: data)
                note(PullSecretView.Seen(new, home: options.home), at: place, seen) { $0.updated += 1 }
            case .delete(let old):
                _ = try client.delete(
                    secret: place.name, namespace: place.namespace, uid: old.uid, resourceVersion: old.resourceVersion)
                note(nil, at: place, seen) { $0.deleted += 1 }
            }
            log.info("\(change.verb) a pull secret", metadata: ["secret": "\(place)"])
            return true
        } catch {
            // Its namespace has gone, or goes, or it has been deleted: the news tell.
            if error.isNotFound || error.isOfEndingNamespace {
                view.withLock { $0.note(nil, at: place, since: seen.generation) }
                return true
            }
            if error.isConflict { return false }
            throw error
        }
    }

    private func note(
        _ secret: PullSecretView.Seen?, at place: SecretPlace, _ seen: PullSecretView,
        _ count: (inout PullSecretStatus) -> Void
    ) {
        view.withLock { $0.note(secret, at: place, since: seen.generation) }
        status.withLock(count)
    }

    // MARK: what is said

    private func problem(_ flaw: PullSecretPlan.Flaw, of source: SecretPlace) -> ProvisioningError {
        switch flaw {
        case .missing: .configuration("Secret \(source) is missing: nothing is copied; copies that are in place stay")
        case .type(let type):
            .configuration(
                "Secret \(source) is of type \(type), not \(pullSecretType): it is not copied; copies that are in place"
                    + " stay; kubectl create secret docker-registry makes one of the right type")
        }
    }

    private func note(_ plan: PullSecretPlan) {
        status.withLock { status in
            status.wanted = plan.wanted
            status.inPlace = plan.inPlace
            status.foreign = plan.foreign.count
            for name in options.names { status.sources[name] = plan.flaws[name] == nil }
            status.isReady = true
        }
    }

    private func tell(_ outcome: Outcome, foreign: [SecretPlace] = []) {
        let now = time.now()
        let texts = outcome.problems.map(\.description)
        status.withLock { status in
            if texts.isEmpty { status.lastSuccess = now } else { status.failures += 1 }
        }
        let warnings = foreign.map {
            "Secret \($0) was not made by pull-secrets: it stays as it is; delete it to have a copy there"
        }
        for text in texts where !told.contains(text) { log.error("\(text)") }
        for text in warnings where !told.contains(text) { log.warning("\(text)") }
        if texts.isEmpty, hadProblems { log.notice("what was wrong is right again") }
        hadProblems = !texts.isEmpty
        told = Set(texts + warnings)
    }
}

extension PullSecretPlan.Change {
    /// Whether a copy is to be made where this one is deleted.
    fileprivate func isFollowed(among names: [String], in namespaces: Set<String>) -> Bool {
        guard case .delete(let old) = self else { return false }
        return names.contains(old.place.name) && namespaces.contains(old.place.namespace)
    }

    fileprivate var verb: String {
        switch self {
        case .create: "made"
        case .update: "changed"
        case .delete: "deleted"
        }
    }
}

extension KubernetesError {
    /// 403 of a namespace that is being deleted.
    fileprivate var isOfEndingNamespace: Bool {
        if case .forbidden(let message) = cause { message.contains("because it is being terminated") } else { false }
    }
}
