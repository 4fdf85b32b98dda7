internal import Registry
internal import TestSupport
internal import Testing

@Suite struct ReadingTests {
    @Test(arguments: [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"), ("HTTPS://A.example:443", "https://a.example/"),
        ("http://a.example:80/", "http://a.example/"), ("http://[::1]:5000/a#b", "http://[::1]:5000/a"),
        ("https://localhost/", "https://localhost/"), ("https://registry", "https://registry/"),
    ])
    func urlIsRead(_ text: String, as expected: String) { #expect(WebAddress(text)?.text == expected) }

    @Test(arguments: [
        "", "a.example", "ftp://a.example/", "file:///etc/passwd", "https://", "https:///x", "https://u@a.example/",
        "https://a.example/ x", "https://a.example/\r\nX: y", "https://a_b/", "https://../", "https://a.example:x/",
        "//a.example/", "https://a.example/\u{e4}", "javascript:alert(1)",
    ])
    func urlIsRefused(_ text: String) { #expect(WebAddress(text) == nil) }

    private func challenge(_ values: String...) -> Challenge? {
        Challenge(HTTPAnswer(status: 401, headers: values.map { ("www-authenticate", $0) }))
    }

    @Test func challengeIsRead() throws {
        let realm = try #require(WebAddress("https://a.example/t"))
        #expect(challenge(#"Bearer realm="https://a.example/t",service="s""#) == .bearer(realm: realm, service: "s"))
        #expect(
            challenge(#"bearer  Realm = "https://a.example/t" , scope="a,b""#) == .bearer(realm: realm, service: nil))
        #expect(
            challenge(#"Basic realm="x, Bearer y", Bearer realm="https://a.example/t""#)
                == .bearer(realm: realm, service: nil))
        #expect(challenge("Negotiate", "Basic realm=\"a\\\"b\"") == .basic)
        #expect(challenge("Basic") == .basic)
        #expect(challenge(#"Bearer realm="ftp://a.example/""#, "Basic realm=x") == .basic)
    }

    @Test(arguments: [
        "", "Negotiate", "Bearer", "Bearer realm=", "Bearer realm=\"https://a", "=x", ",,,", "Digest a=b",
    ])
    func challengeIsNone(_ text: String) { #expect(challenge(text) == nil) }

    @Test func rubbishNeverTraps() {
        var random = SplitMix64(seed: 3)
        let pieces = [
            "Bearer", "Basic", " ", ",", "=", "\"", "\\", "realm", "https://a.example/", "service", "\u{0}", "é",
        ]
        for _ in 0..<20_000 {
            let text = (0..<random.below(12)).map { _ in random.pick(pieces) }.joined()
            _ = challenge(text)
            _ = WebAddress(text)
            _ = try? RegistryImage(Array(text.utf8))
            _ = try? Credentials(Array(text.utf8))
        }
    }

    @Test func credentialsAreFoundByRegistryAndRepository() throws {
        var script = try Script(
            credentials: #"""
                {"auths":{"https://r.example/v2/":{"auth":"dTpw"},"r.example/team":{"username":"t","password":"p"},
                "R.example:5000":{"auth":"dTpw"}}}
                """#)
        var seen: [String: String] = [:]
        for image in [
            "r.example/a:1", "r.example/team/x:1", "r.example/teams:1", "r.example:5000/a:1", "s.example/a:1",
        ] {
            _ = try script.ask(image) {
                seen[image] = $0.headers.first { $0.hasPrefix("Authorization: ") } ?? seen[image]
                return .answer(401, ["WWW-Authenticate": "Basic realm=x"])
            }
        }
        #expect(
            seen == [
                "r.example/a:1": "Authorization: Basic dTpw", "r.example/team/x:1": "Authorization: Basic dDpw",
                "r.example/teams:1": "Authorization: Basic dTpw", "r.example:5000/a:1": "Authorization: Basic dTpw",
            ])
    }

    @Test func credentialsThatNeedAProgramAreNamed() throws {
        let text = #"""
            {"credsStore":"desktop","credHelpers":{"r.example":"ecr-login"},
            "auths":{"a.example":{},"b.example":{"identitytoken":"secret"},"not a host":{"auth":"dTpw"}}}
            """#
        let warnings = try Credentials(Array(text.utf8)).warnings.joined(separator: "\n")
        for name in ["desktop", "ecr-login", "r.example", "a.example", "b.example", "not a host"] {
            #expect(warnings.contains(name))
        }
        #expect(!warnings.contains("secret"))
        #expect(throws: Credentials.Problem.self) { try Credentials(Array("[]".utf8)) }
    }

    @Test(arguments: ["", "nginx", "a/b", "r.example/A", "r.example/a@sha512:\(String(repeating: "0", count: 128))"])
    func referenceIsRefused(_ text: String) {
        #expect(throws: RegistryImage.Problem.self) { try RegistryImage(Array(text.utf8)) }
    }
}
