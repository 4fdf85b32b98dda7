internal import Posix
internal import Registry
internal import Testing
internal import VerifierProtocol

@Suite struct AuthenticationTests {
    private static let login = #"{"auths":{"r.example":{"auth":"dTpw"}}}"#
    private static let bearer =
        #"Bearer realm="https://auth.example/token",service="r.example",scope="repository:x:push""#

    /// A registry with tokens: of `auth.example`, or its own.
    private func registry(
        _ request: HTTPRequest, challenge: String = bearer, lifetime: Int = 300
    ) -> Result<HTTPAnswer, HTTPFailure> {
        if request.address.path.contains("token?") {
            return .answer(200, [:], #"{"token":"t","expires_in":\#(lifetime)}"#)
        }
        guard request.headers.contains("Authorization: Bearer t") else {
            return .answer(401, ["WWW-Authenticate": challenge])
        }
        return .manifest(someDigest)
    }

    @Test func tokenIsAskedForOnceARepository() throws {
        var script = try Script()
        #expect(try script.ask("r.example/a/b:1") { registry($0) }.isPresent)
        #expect(try script.ask("r.example/a/b:2") { registry($0) }.isPresent)
        let tokens = script.log.filter { $0.contains("/token?") }
        #expect(tokens == ["GET https://auth.example/token?service=r.example&scope=repository%3Aa%2Fb%3Apull"])
        // The next repository goes for its token at once.
        script.log = []
        #expect(try script.ask("r.example/c:1") { registry($0) }.isPresent)
        #expect(script.log.first?.contains("scope=repository%3Ac%3Apull") == true)
    }

    @Test func tokenEndsBeforeItsTime() throws {
        var script = try Script()
        #expect(try script.ask("r.example/a:1") { registry($0) }.isPresent)
        script.now = script.now + .seconds(289)
        #expect(try script.ask("r.example/a:2") { registry($0) }.isPresent)
        #expect(script.log.count { $0.contains("/token?") } == 1)
        script.now = script.now + .seconds(2)
        #expect(try script.ask("r.example/a:3") { registry($0) }.isPresent)
        #expect(script.log.count { $0.contains("/token?") } == 2)
    }

    @Test func tokenThatEndsAtOnceServesItsQuestion() throws {
        var script = try Script()
        #expect(try script.ask("r.example/a:1") { registry($0, lifetime: 0) }.isPresent)
    }

    @Test func credentialsStayFromARealmElsewhere() throws {
        var script = try Script(credentials: Self.login)
        let finding = try script.ask("r.example/a:1") { registry($0) }
        #expect(finding.answer == .unknown)
        #expect(finding.reason?.contains("--token-realm r.example=auth.example") == true)
        #expect(!script.log.contains { $0.contains("auth.example") })
    }

    @Test func credentialsGoToARealmThatIsNamed() throws {
        var script = try Script(credentials: Self.login) { $0.tokenRealms["r.example"] = ["auth.example"] }
        #expect(try script.ask("r.example/a:1") { registry($0) }.isPresent)
        #expect(script.log.filter { $0.contains("/token?") }.allSatisfy { $0.hasSuffix(" +auth") })
    }

    @Test func credentialsGoToTheirOwnHostsRealm() throws {
        let own = #"Bearer realm="https://r.example/token",service="s""#
        var script = try Script(credentials: Self.login)
        #expect(try script.ask("r.example/a:1") { registry($0, challenge: own) }.isPresent)
        #expect(script.log.filter { $0.contains("/token?") }.allSatisfy { $0.hasSuffix(" +auth") })
    }

    @Test func dockerHubsRealmIsKnown() throws {
        let hub = #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io""#
        var script = try Script(credentials: #"{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}}"#)
        #expect(try script.ask("docker.io/a") { registry($0, challenge: hub) }.isPresent)
        #expect(script.log.filter { $0.contains("/token?") }.allSatisfy { $0.hasSuffix(" +auth") })
    }

    @Test func realmWithoutTLSIsNotAsked() throws {
        var script = try Script()
        let finding = try script.ask("r.example/a:1") {
            registry($0, challenge: #"Bearer realm="http://r.example/token""#)
        }
        #expect(finding.answer == .unknown)
        #expect(!script.log.contains { $0.contains("token") })
    }

    /// Each try with a wrong password may lock its account.
    @Test func refusedCredentialsAreNotTriedForEachImage() throws {
        var script = try Script(credentials: Self.login) { $0.tokenRealms["r.example"] = ["auth.example"] }
        for tag in 1...20 {
            let finding = try script.ask("r.example/a\(tag):1") {
                $0.address.host == "auth.example" ? .answer(401) : registry($0)
            }
            #expect(finding.answer == .unknown)
        }
        #expect(script.log.count { $0.contains("/token?") } == 1)
    }

    @Test func basicIsSentOnceItIsAskedFor() throws {
        var script = try Script(credentials: Self.login)
        func basic(_ request: HTTPRequest) -> Result<HTTPAnswer, HTTPFailure> {
            request.headers.contains("Authorization: Basic dTpw")
                ? .manifest(someDigest) : .answer(401, ["WWW-Authenticate": "Basic realm=\"r\""])
        }
        #expect(try script.ask("r.example/a:1") { basic($0) }.isPresent)
        #expect(script.log.first == "HEAD https://r.example/v2/a/manifests/1")
        script.log = []
        #expect(try script.ask("r.example/b:1") { basic($0) }.isPresent)
        #expect(script.log.allSatisfy { $0.hasSuffix(" +auth") })
        // Another registry gets nothing.
        #expect(try script.ask("s.example/b:1") { basic($0) }.answer == .unknown)
        #expect(!script.log.contains { $0.contains("s.example") && $0.hasSuffix("+auth") })
    }

    @Test func wrongPasswordIsSentOnce() throws {
        var script = try Script(credentials: Self.login)
        for _ in 1...5 {
            let finding = try script.ask("r.example/a:1") { _ in .answer(401, ["WWW-Authenticate": "Basic realm=r"]) }
            #expect(finding.answer == .unknown)
        }
        #expect(script.log.count { $0.hasSuffix("+auth") } == 1)
        // Other credentials are tried at once.
        script.verifier.use(try Credentials(Array(#"{"auths":{"r.example":{"auth":"dTpx"}}}"#.utf8)))
        _ = try script.ask("r.example/a:1") { _ in .answer(401, ["WWW-Authenticate": "Basic realm=r"]) }
        #expect(script.log.count { $0.hasSuffix("+auth") } == 2)
    }

    /// Questions that went out before the registry said what it wants.
    @Test func parallelQuestionsAreNotTakenForRefused() throws {
        var script = try Script(credentials: Self.login)
        var numbers: [Int] = []
        for index in 0..<8 {
            guard
                case .lookup(let number) = script.verifier.ask(
                    try RegistryImage(Array("r.example/a\(index)".utf8)), at: script.now)
            else { continue }
            numbers.append(number)
        }
        let found = script.answerAll { request in
            request.headers.contains("Authorization: Basic dTpw")
                ? .manifest(someDigest) : .answer(401, ["WWW-Authenticate": "Basic realm=\"r\""])
        }
        #expect(found.map(\.lookup).sorted() == numbers)
        #expect(found.allSatisfy { $0.finding.isPresent })
    }
}
