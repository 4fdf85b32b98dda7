// Who asks: basic authentication, and tokens (https://distribution.github.io/distribution/spec/auth/token/).
// Credentials go to the host that they are stored for, and to a token realm elsewhere only where it is named.

internal import Posix
internal import VerifierProtocol

extension RegistryVerifier {
    enum Authorization {
        case header(String?)
        case token(realm: WebAddress, service: String?)
    }

    /// What goes with a request to a look's own registry, by what that wanted before.
    func authorization(for lookup: Lookup, at now: MonotonicTime) -> Authorization {
        let image = lookup.image
        let place = TokenPlace(registry: image.registry, repository: image.repository)
        if let token = tokens[place], now < token.end { return .header("Bearer \(token.text)") }
        switch registries[image.registry]?.challenge {
        case .bearer(let realm, let service): return .token(realm: realm, service: service)
        case .basic:
            return .header(credentials.login(registry: image.registry, repository: image.repository)?.basic)
        case nil: return .header(nil)
        }
    }

    /// An answer 401.
    mutating func authenticate(_ answer: HTTPAnswer, for lookup: Lookup, _ number: Int, at now: MonotonicTime) {
        let image = lookup.image
        guard lookup.address.hasSameOrigin(as: endpoint(image.registry)) else {
            return end(
                number, Finding(.unknown, "it leads to \(lookup.address.host), which wants to know who asks"), at: now)
        }
        guard let challenge = Challenge(answer) else {
            return end(number, Finding(.unknown, "it answers 401 and wants nothing that is known here"), at: now)
        }
        // A token that was kept may have been called back; one that was made for this question was not.
        guard lookup.challenges == 0 else { return end(number, Self.refused, at: now) }
        lookups[number]?.challenges += 1
        tokens[TokenPlace(registry: image.registry, repository: image.repository)] = nil
        registries[image.registry]?.challenge = challenge
        if case .basic = challenge {
            let hasLogin = credentials.login(registry: image.registry, repository: image.repository) != nil
            guard hasLogin else {
                return end(number, Finding(.unknown, "it answers 401, and there are no credentials for it"), at: now)
            }
            if lookup.isAuthenticated { return end(number, Self.refused, at: now) }
        }
        send(number, at: now)
    }

    private static let refused = Finding(.unknown, "it answers 401 to who asks: no right, or wrong credentials")

    // MARK: tokens

    mutating func askForToken(_ number: Int, realm: WebAddress, service: String?, at now: MonotonicTime) {
        guard let lookup = lookups[number] else { return }
        let image = lookup.image
        let registry = endpoint(image.registry)
        guard mayFollow(realm, from: registry) else {
            return end(number, Finding(.unknown, "its token realm \(realm.host) is without TLS"), at: now)
        }
        let login = credentials.login(registry: image.registry, repository: image.repository)
        let isNamed = realm.host == registry.host || options.tokenRealms[image.registry]?.contains(realm.host) ?? false
        guard login == nil || isNamed else {
            let reason = "its credentials are not for its token realm: --token-realm \(image.registry)=\(realm.host)"
            return end(number, Finding(.unknown, "\(reason) would give them there"), at: now)
        }
        guard now < lookup.end else {
            return end(number, Finding(.unknown, "\(HTTPFailure.timedOut)"), .failing, at: now)
        }
        let place = TokenPlace(registry: image.registry, repository: image.repository)
        tokenWaiters[place, default: []].append(number)
        guard tokenWaiters[place]?.count == 1 else { return }
        var address = realm
        address.path += address.path.contains("?") ? "&" : "?"
        if let service { address.path += "service=\(service.queryEscaped)&" }
        // Our own scope, whatever the challenge's was: the least that is needed.
        address.path += "scope=\("repository:\(image.repository):pull".queryEscaped)"
        let request = HTTPRequest(
            method: .get, address: address, headers: login.map { ["Authorization: \($0.basic)"] } ?? [],
            longestBody: 64 << 10, timeout: lookup.end - now)
        send(request, for: .token(place))
    }

    mutating func takeToken(
        _ result: Result<HTTPAnswer, HTTPFailure>, for place: TokenPlace, at now: MonotonicTime
    ) {
        let waiters = tokenWaiters.removeValue(forKey: place) ?? []
        let hasLogin = credentials.login(registry: place.registry, repository: place.repository) != nil
        func endAll(_ reason: String, _ health: Health = .well) {
            for number in waiters { end(number, Finding(.unknown, "its token realm: \(reason)"), health, at: now) }
        }
        switch result {
        case .failure(.tooLong): endAll("\(HTTPFailure.tooLong)")
        case .failure(let failure): endAll("\(failure)", .failing)
        case .success(let answer):
            switch answer.status {
            case 200:
                guard let token = AccessToken(answer.body) else { return endAll("it answers with what is no token") }
                if tokens.count >= Self.mostTokens { tokens = tokens.filter { now < $0.value.end } }
                if tokens.count >= Self.mostTokens { tokens = [:] }
                tokens[place] = Token(text: token.text, end: now + token.lifetime)
                for number in waiters { send(number, authorization: "Bearer \(token.text)", at: now) }
            case 401 where hasLogin, 403 where hasLogin:
                // Each further try with a wrong password may lock the account.
                endAll("it refuses the credentials", .closed(for: options.absentLifetime))
            case 429: endAll("it answers 429: it is asked too much", .closed(for: answer.retryAfter))
            case 408, 500...: endAll("it answers \(answer.status)", .failing)
            default: endAll("it answers \(answer.status)")
            }
        }
    }
}

extension String {
    /// With all but unreserved characters (RFC 3986, section 2.3) as `%XX`.
    fileprivate var queryEscaped: String {
        var escaped: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in utf8 {
            let isLetter = (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            if isLetter || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte) {
                escaped.append(byte)
            } else {
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
