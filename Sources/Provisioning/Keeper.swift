// One look at all that imageswap-init keeps: the pair, the bundle, the webhook configuration.

import Certificates
import Kubernetes
import Logging
import Posix

/// Keeps a pod's serving pair and the webhook configuration right.
///
/// No client ever meets a certificate whose authority it does not know: a pair of another authority is put to use only
/// once the webhook configuration has had that authority for the overlap.
package struct Keeper {
    package let options: KeeperOptions
    private var source: any CertificateSource
    private let registration: Registration?
    private let client: KubernetesClient?
    private let directory: TLSDirectory
    private let time: TimeSource
    private let log: Logger
    private var trust = Trust()
    private var metrics = KeeperMetrics()
    /// Whether the webhook answered once where `readyURL` says.
    private var hasAnswered = false
    /// The problems of the last look, so that each is told of once while it lasts.
    private var told: Set<String> = []

    /// What a look found.
    package struct Outcome: Sendable {
        package internal(set) var status: KeeperStatus
        /// What was wrong, the worst first.
        package internal(set) var problems: [ProvisioningError] = []
        /// Whether the TLS directory has a pair that has not ended.
        package internal(set) var isServed = false
        /// Whether something is under way that asks for another look soon.
        package internal(set) var isChanging = false
    }

    /// How far a clock may be off before it is told of, in seconds: what certificates allow for.
    private static let clockTolerance = Validity.headStart
    /// How often a configuration is written after someone else changed it first.
    private static let attempts = 20
    /// The longest wait before such a try, in milliseconds.
    private static let longestWait = 300

    init(
        options: KeeperOptions, source: any CertificateSource, registration: Registration?, client: KubernetesClient?,
        time: TimeSource, log: Logger
    ) {
        self.options = options
        self.source = source
        self.registration = registration
        self.client = client
        self.time = time
        self.log = log
        directory = TLSDirectory(options.tlsDirectory)
    }

    /// Does what is due. `filesOnly`: nginx does not run yet, so the webhook configuration is left alone.
    package mutating func look(filesOnly: Bool) -> Outcome {
        var outcome = Outcome(status: KeeperStatus(source: options.source.name))
        do throws(ProvisioningError) {
            try look(filesOnly ? nil : registration, into: &outcome)
        } catch {
            outcome.problems.append(error)
        }
        if let offset = client?.clockOffset, abs(offset) > Self.clockTolerance {
            let direction = offset > 0 ? "behind" : "ahead of"
            outcome.problems.append(
                .unanswered("the clock here is \(abs(offset)) s \(direction) the API server's: set it right"))
        }
        if !filesOnly {
            let pause = options.longestPause(isChanging: outcome.isChanging)
            outcome.status.next_look = timestamp(time.now() + pause)
        }
        tell(&outcome)
        return outcome
    }

    // MARK: the look

    private mutating func look(_ registration: Registration?, into outcome: inout Outcome) throws(ProvisioningError) {
        var served = try directory.load()
        defer { describe(served, in: &outcome) }

        var trust = trust
        var configured: Configured?
        var failure: ProvisioningError?
        let time = time
        var supply: Supply?
        do throws(ProvisioningError) {
            supply = try source.supply(
                for: served,
                configured: { () throws(ProvisioningError) in
                    guard let registration, failure == nil else { return nil }
                    do throws(ProvisioningError) {
                        let read = try registration.read()
                        configured = read
                        trust.observe(read.trusted, at: time.now())
                        return read.trusted
                    } catch {
                        // The pair does not depend on it.
                        failure = error
                        return nil
                    }
                }, at: time.now())
        } catch {
            self.trust = trust
            outcome.problems.append(error)
            // Without a source there is nothing to publish; what serves goes on serving.
            return
        }
        self.trust = trust
        guard let supply else { return }
        outcome.status.step = supply.step
        outcome.isChanging = supply.isChanging
        if let problem = supply.problem { outcome.problems.append(problem) }

        try put(supply, over: &served, into: &outcome)
        guard let registration else { return }
        if let failure { throw failure }
        guard try answers(served, into: &outcome) else { return }
        try register(supply, served: served, with: registration, over: configured, into: &outcome)
    }

    /// Puts the pair to use, once clients know its authority.
    private mutating func put(
        _ supply: Supply, over served: inout ServedFiles, into outcome: inout Outcome
    ) throws(ProvisioningError) {
        let isNew = supply.pair != served.pair
        if isNew, !mayServe(supply, after: served) {
            outcome.isChanging = true
            outcome.status.step = "\(supply.step), waiting until clients know the new CA"
            return
        }
        if try directory.store(supply.pair, authorities: supply.authorities) {
            if isNew {
                metrics.writtenPairs += 1
                log.notice(
                    "serving another certificate",
                    metadata: [
                        "subject": "\(supply.pair.subject)", "until": "\(utcText(supply.pair.validity.notAfter))",
                        "directory": "\(directory.path)",
                    ])
            }
            served = try directory.load()
        }
    }

    private func mayServe(_ supply: Supply, after served: ServedFiles) -> Bool {
        let now = time.now()
        // Nothing is lost where nothing good is served.
        guard let old = served.pair, old.validity.notAfter > now, registration != nil else { return true }
        // Who takes the one takes the other, where one authority vouches for both.
        if supply.authorities.entries.contains(where: { entry in
            [old, supply.pair].allSatisfy { $0.isTrusted(by: CertificateBundle([entry]), at: now) }
        }) {
            return true
        }
        if let configured = trust.configured {
            if supply.pair.isTrusted(by: trust.settled(for: options.overlap, at: now), at: now) { return true }
            return supply.published.map { $0 <= now - options.overlap } == true
                && supply.pair.isTrusted(by: configured, at: now)
        }
        return supply.published.map { $0 <= now - options.overlap } ?? false
    }

    /// Whether the webhook answers, where that is asked for: only then it is registered.
    private mutating func answers(
        _ served: ServedFiles, into outcome: inout Outcome
    ) throws(ProvisioningError) -> Bool {
        guard let url = options.readyURL, !hasAnswered, let client else { return true }
        let answer = client.answers(
            url: url, authority: served.authorities.pem, serverName: options.identity.serverName.text)
        switch answer {
        case .success(200):
            hasAnswered = true
            return true
        case .success(let status):
            outcome.problems.append(.unanswered("\(url) answers \(status): not registered until it answers 200"))
        case .failure(let error):
            outcome.problems.append(.unanswered("not registered until the webhook answers: \(error)"))
        }
        outcome.isChanging = true
        return false
    }

    private mutating func register(
        _ supply: Supply, served: ServedFiles, with registration: Registration, over read: Configured?,
        into outcome: inout Outcome
    ) throws(ProvisioningError) {
        var old: Configured
        if let read { old = read } else { old = try registration.read() }
        for attempt in 0..<Self.attempts {
            if attempt > 0 {
                time.pause(.milliseconds(Int.random(in: 1...Self.longestWait)))
                old = try registration.read()
            }
            let bundle = bundle(supply, served: served, configured: old.all)
            do throws(ProvisioningError) {
                let new = try registration.write(bundle, over: old)
                if new.version != old.version { log.notice("the webhook configuration was brought up to date") }
                let now = time.now()
                trust.observe(new.trusted, at: now)
                outcome.status.registered = supply.pair.isTrusted(by: new.trusted, at: now)
                try source.confirm(new.trusted, at: now)
                return
            } catch {
                guard case .kubernetes(let cause) = error, cause.isConflict else { throw error }
            }
        }
        throw .unanswered("the webhook configuration was changed by someone else at each of \(Self.attempts) tries")
    }

    /// What clients have to trust: what they are told already, unless it has ended or is known to be done with, what
    /// the source says, and what vouches for the pair that is served.
    private func bundle(
        _ supply: Supply, served: ServedFiles, configured: CertificateBundle
    ) -> CertificateBundle {
        let now = time.now()
        let serving = served.pair?.isTrusted(by: served.authorities, at: now) == true
        return configured.union(supply.authorities).union(serving ? served.authorities : CertificateBundle())
            .filter { entry in
                !supply.forgotten.contains(entry.fingerprint)
                    && entry.validity.notAfter + Self.clockTolerance >= now
            }
    }

    // MARK: what is said

    private mutating func describe(_ served: ServedFiles, in outcome: inout Outcome) {
        guard let pair = served.pair else { return }
        outcome.status.subject = pair.subject
        outcome.status.issuer = pair.issuer
        outcome.status.serial = pair.serial
        outcome.status.names = pair.names.map(\.text)
        outcome.status.not_after = timestamp(pair.validity.notAfter)
        metrics.certificateEnd = pair.validity.notAfter
        let now = time.now()
        outcome.isServed = pair.validity.notAfter > now
        metrics.authorityEnd = served.authorities.entries
            .filter { pair.isTrusted(by: CertificateBundle([$0]), at: now) }.map(\.validity.notAfter).max()
        outcome.status.ca_not_after = metrics.authorityEnd.map(timestamp)
    }

    private mutating func tell(_ outcome: inout Outcome) {
        let now = time.now()
        outcome.status.updated = timestamp(now)
        outcome.status.last_error = outcome.problems.first?.description
        metrics.looks += 1
        metrics.isChanging = outcome.isChanging
        if outcome.problems.isEmpty { metrics.lastSuccess = now } else { metrics.failedLooks += 1 }
        do throws(ProvisioningError) {
            try publish(outcome.status)
        } catch {
            outcome.problems.append(error)
        }
        let texts = outcome.problems.map(\.description)
        for text in texts where !told.contains(text) { log.error("\(text)") }
        if texts.isEmpty, !told.isEmpty { log.notice("what was wrong is right again") }
        told = Set(texts)
    }

    private func publish(_ status: KeeperStatus) throws(ProvisioningError) {
        try directory.write(status.json, to: "status.json")
        if let metricsFile = options.metricsFile {
            try TLSDirectory.write(Array(metrics.text.utf8), to: metricsFile, mode: 0o644)
        }
        guard let folder = options.publicDirectory else { return }
        try TLSDirectory.write(status.json, to: "\(folder)/status.json", mode: 0o644)
        if let pair = try directory.load().pair {
            try TLSDirectory.write(pair.chain, to: "\(folder)/tls.crt", mode: 0o644)
        }
    }
}
