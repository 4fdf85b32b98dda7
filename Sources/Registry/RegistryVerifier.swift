package import Posix
package import VerifierProtocol

/// Finds out whether images are there: which requests to send, and what their answers mean. It reads no clock and sends
/// nothing; who holds it does.
package struct RegistryVerifier: Sendable {
    package enum Asked: Equatable, Sendable {
        /// Known at once.
        case finding(Finding)
        /// To be looked up; `takeFindings` will have it under this number.
        case lookup(Int)
    }

    package enum Event: Equatable, Sendable {
        case found(RegistryImage, Finding, after: Duration)
        case breakerOpened(registry: String, reason: String)
        case breakerClosed(registry: String)
    }

    enum Owner: Equatable, Sendable {
        case lookup(Int)
        case token(TokenPlace)
    }

    /// Tokens are for one repository: no registry gets one that is good for another.
    struct TokenPlace: Hashable, Sendable {
        let registry: String
        let repository: String
    }

    struct Token: Sendable {
        let text: String
        let end: MonotonicTime
    }

    struct Registry: Sendable {
        var active = 0
        var waiting: [Int] = []
        var breaker: Breaker
        /// How it wanted to be authenticated to the last time.
        var challenge: Challenge?
        var lastUse: MonotonicTime
        var statistics = RegistryStatistics.Registry()
    }

    let options: RegistryOptions
    private let plainHosts: Set<String>
    var credentials: Credentials
    var registries: [String: Registry] = [:]
    private var cache: FindingCache
    var lookups: [Int: Lookup] = [:]
    private var running: [RegistryImage: Int] = [:]
    private var nextNumber = 0
    var owners: [Int: Owner] = [:]
    var tokens: [TokenPlace: Token] = [:]
    var tokenWaiters: [TokenPlace: [Int]] = [:]
    package private(set) var statistics = RegistryStatistics()

    private var goingOn: Set<String> = []
    private var requests: [(number: Int, request: HTTPRequest)] = []
    private var findings: [(lookup: Int, finding: Finding)] = []
    private var events: [Event] = []

    /// Registries that are known at a time; those in use stay.
    static let mostRegistries = 256
    static let mostTokens = 4096

    package init(_ options: RegistryOptions, credentials: Credentials = Credentials()) {
        self.options = options
        self.credentials = credentials
        plainHosts = Set(options.plainHosts.map { WebAddress(isSecure: false, host: $0, path: "/").host })
        cache = FindingCache(capacity: options.cacheCapacity)
    }

    /// Takes other credentials: what the old ones were refused counts no more.
    package mutating func use(_ credentials: Credentials) {
        guard credentials != self.credentials else { return }
        self.credentials = credentials
        tokens = [:]
        for registry in registries.keys { registries[registry]?.challenge = nil }
        cache.remove { $0.answer == .unknown }
    }

    /// Asks for an image. Equal questions at a time are one.
    package mutating func ask(_ image: RegistryImage, at now: MonotonicTime) -> Asked {
        if let finding = cache.finding(of: image, at: now) {
            statistics.cacheHits += 1
            return .finding(finding)
        }
        if let number = running[image] {
            statistics.coalesced += 1
            return lookups[number]?.isProbe == true ? refusal(image.registry) : .lookup(number)
        }
        guard makeRegistry(image.registry, at: now), var registry = registries[image.registry] else {
            return .finding(Finding(.unknown, "too many registries are asked at a time"))
        }
        let permission = registry.breaker.permit(at: now)
        registry.lastUse = now
        registries[image.registry] = registry
        guard permission != .no else { return refusal(image.registry) }
        guard registry.active < options.parallel || registry.waiting.count < options.longestQueue else {
            return .finding(Finding(.unknown, "too many questions wait for \(image.registry)"))
        }

        nextNumber += 1
        let number = nextNumber
        let step = image.isDigest ? digestStep : .tag(.head)
        lookups[number] = Lookup(
            image: image, asked: now, isProbe: permission == .probe, end: now + options.timeout, step: step,
            address: endpoint(image.registry), digest: image.isDigest ? image.reference : "")
        running[image] = number
        if registry.active < options.parallel {
            registries[image.registry]?.active += 1
            begin(step, of: number, at: now)
        } else {
            registries[image.registry]?.waiting.append(number)
        }
        // Who waits for a dead registry gains nothing: the probe goes on without the one who asked.
        return permission == .probe ? refusal(image.registry) : .lookup(number)
    }

    /// How long an image that is known at once is known so.
    package func rest(of image: RegistryImage, at now: MonotonicTime) -> Duration {
        cache.rest(of: image, at: now) ?? registries[image.registry]?.breaker.rest(at: now) ?? .zero
    }

    /// What an answer of the holder to whoever asked was, for the statistics.
    package mutating func count(_ answer: VerifierAnswer, for image: RegistryImage) {
        switch answer {
        case .present: registries[image.registry]?.statistics.present += 1
        case .absent: registries[image.registry]?.statistics.absent += 1
        case .unknown: registries[image.registry]?.statistics.unknown += 1
        }
    }

    /// Takes what came of a request.
    package mutating func finish(_ request: Int, _ result: Result<HTTPAnswer, HTTPFailure>, at now: MonotonicTime) {
        switch owners.removeValue(forKey: request) {
        case .lookup(let number): take(result, for: number, at: now)
        case .token(let place): takeToken(result, for: place, at: now)
        case nil: break
        }
    }

    // MARK: what the holder takes

    package mutating func takeRequests() -> [(number: Int, request: HTTPRequest)] {
        defer { requests.removeAll(keepingCapacity: true) }
        return requests
    }

    package mutating func takeFindings() -> [(lookup: Int, finding: Finding)] {
        defer { findings.removeAll(keepingCapacity: true) }
        return findings
    }

    package mutating func takeEvents() -> [Event] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    package var cachedImages: Int { cache.count }
    package var lookupsInHand: Int { lookups.count }

    /// By registry, in the order of their names.
    package var registryStatistics: [(registry: String, isOpen: Bool, counts: RegistryStatistics.Registry)] {
        registries.sorted { $0.key < $1.key }.map { ($0.key, $0.value.breaker.isOpen, $0.value.statistics) }
    }

    // MARK: addresses

    func isPlain(_ registry: String) -> Bool {
        plainHosts.contains(WebAddress(isSecure: false, host: registry, path: "/").host)
    }

    func endpoint(_ registry: String, path: String = "/") -> WebAddress {
        WebAddress(isSecure: !isPlain(registry), host: RegistryImage.endpoint(registry), path: path)
    }

    /// Never from TLS to none; without TLS only to hosts that are named so.
    func mayFollow(_ address: WebAddress, from source: WebAddress) -> Bool {
        address.isSecure || !source.isSecure && plainHosts.contains(address.host)
    }

    var digestStep: Lookup.Step { .digest(options.platforms.isEmpty ? .head : .get) }

    // MARK: the life of a look

    mutating func send(_ request: HTTPRequest, for owner: Owner) {
        nextNumber += 1
        owners[nextNumber] = owner
        requests.append((nextNumber, request))
    }

    /// How a registry fared in a look.
    enum Health {
        case well
        case failing
        /// It says itself that it is asked too much, or that the password is wrong.
        case closed(for: Duration?)
        /// It was not asked.
        case unasked
    }

    /// - Parameter holds: whether an unknown is one for a while.
    mutating func end(
        _ number: Int, _ finding: Finding, _ health: Health = .well, holds: Bool = true, at now: MonotonicTime
    ) {
        guard let lookup = lookups.removeValue(forKey: number) else { return }
        running[lookup.image] = nil
        let name = lookup.image.registry
        let reason = finding.reason ?? ""
        var closed = false
        var opened = false
        registries[name]?.statistics.lookups += 1
        switch health {
        case .well:
            closed = registries[name]?.breaker.succeed() ?? false
        case .failing:
            registries[name]?.statistics.failures += 1
            opened = registries[name]?.breaker.fail(reason, isProbe: lookup.isProbe, at: now) ?? false
        case .closed(let time):
            registries[name]?.statistics.failures += 1
            opened = registries[name]?.breaker.open(reason, for: time, at: now) ?? false
        case .unasked: break
        }
        switch finding.answer {
        case .present: cache.store(finding, of: lookup.image, until: now + options.presentLifetime)
        case .absent: cache.store(finding, of: lookup.image, until: now + options.absentLifetime)
        case .unknown:
            if holds, case .well = health {
                cache.store(finding, of: lookup.image, until: now + options.absentLifetime)
            }
        }
        statistics.observe(now - lookup.asked)
        findings.append((number, finding))
        events.append(.found(lookup.image, finding, after: now - lookup.asked))
        if closed { events.append(.breakerClosed(registry: name)) }
        if opened {
            registries[name]?.statistics.breakerOpened += 1
            events.append(.breakerOpened(registry: name, reason: reason))
        }
        if case .unasked = health { return }
        registries[name]?.active -= 1
        goOn(with: name, at: now)
    }

    /// Begins what waits for a registry.
    private mutating func goOn(with name: String, at now: MonotonicTime) {
        // What begins here may end at once, and come here again.
        guard goingOn.insert(name).inserted else { return }
        defer { goingOn.remove(name) }
        while let registry = registries[name], let number = registry.waiting.first {
            // No probe waits: what opened the breaker made room for it.
            if registry.breaker.isOpen {
                registries[name]?.waiting.removeFirst()
                end(number, Finding(.unknown, registry.breaker.reason), .unasked, at: now)
            } else if let lookup = lookups[number], now < lookup.end {
                guard registry.active < options.parallel else { return }
                registries[name]?.waiting.removeFirst()
                registries[name]?.active += 1
                lookups[number]?.end = now + options.timeout
                begin(lookup.step, of: number, at: now)
            } else {
                registries[name]?.waiting.removeFirst()
                end(number, Finding(.unknown, "it waited too long for its turn"), .unasked, at: now)
            }
        }
    }

    private func refusal(_ registry: String) -> Asked {
        let reason = registries[registry]?.breaker.reason ?? ""
        return .finding(Finding(.unknown, "\(registry) is left alone for a while: \(reason)"))
    }

    /// Has a registry's state made; false where there are too many in use.
    private mutating func makeRegistry(_ name: String, at now: MonotonicTime) -> Bool {
        guard registries[name] == nil else { return true }
        if registries.count >= Self.mostRegistries {
            let idle = registries.filter {
                $0.value.active == 0 && $0.value.waiting.isEmpty && !$0.value.breaker.isOpen
            }
            guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return false }
            registries[oldest.key] = nil
        }
        let breaker = Breaker(limit: options.breakerFailures, pause: options.breakerPause)
        registries[name] = Registry(breaker: breaker, lastUse: now)
        return true
    }
}
