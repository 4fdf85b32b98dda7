import Foundation
import Posix
import Registry
import RegistryServers
import TestSupport
import Testing
import Verifier
import VerifierProtocol

@Suite(.serialized) struct RealRegistryTests {
    private func verifier(
        _ plainHosts: [String] = [], credentials: String? = nil, hosts: String? = nil,
        _ change: (inout RegistryOptions) -> Void = { _ in }
    ) -> Verifier {
        Signal.pipe.ignore()
        var options = Verifier.Options(userAgent: "test")
        options.registries.plainHosts = Set(plainHosts)
        options.credentials = credentials
        options.authorities = hosts
        change(&options.registries)
        return Verifier(options)
    }

    private func findings(_ verifier: Verifier, _ references: String...) -> [Finding] {
        verifier.findings(of: references.map { Array($0.utf8) }, within: .seconds(20))
    }

    private func present(_ digest: String) -> Finding { Finding(.present(digest: Array(digest.utf8))) }

    @Test func presentAbsentAndPruned() throws {
        let registry = try RealRegistry()
        let one = try registry.push("team/app:1", note: "one")
        let two = try registry.push("team/app:2", note: "two")
        let host = registry.host
        let verifier = verifier([host]) { $0.presentLifetime = .zero }
        #expect(
            findings(
                verifier, "\(host)/team/app:1", "\(host)/team/app:2", "\(host)/team/app:3", "\(host)/team/none:1",
                // The digest counts, whatever tag stands before it.
                "\(host)/team/app:1@\(two)", "\(host)/team/app@\(one)",
                "\(host)/team/app@sha256:\(String(repeating: "0", count: 64))")
                == [
                    present(one), present(two), Finding(.absent, "it is not there"),
                    Finding(.absent, "it is not there"),
                    present(two), present(one), Finding(.absent, "it is not there"),
                ])
        try registry.delete("team/app:1")
        #expect(
            findings(verifier, "\(host)/team/app:1", "\(host)/team/app@\(one)", "\(host)/team/app:2").map(\.answer)
                == [.absent, .absent, .present(digest: Array(two.utf8))])
    }

    @Test func platformsMustBeThere() throws {
        let registry = try RealRegistry()
        let both = try registry.push("both:1", platforms: ["linux/amd64", "linux/arm64"])
        try registry.push("one:1", platforms: ["linux/amd64"])
        try registry.push("other:1", platforms: ["linux/amd64", "linux/s390x"])
        let host = registry.host
        let verifier = verifier([host]) {
            $0.platforms = ["linux/amd64", "linux/arm64"].compactMap { Platform($0) }
        }
        #expect(
            findings(verifier, "\(host)/both:1", "\(host)/one:1", "\(host)/other:1")
                == [
                    present(both), Finding(.absent, "it is no index, and lacks linux/arm64"),
                    Finding(.absent, "its index lacks linux/arm64"),
                ])
    }

    @Test func passwordIsTakenFromTheFileAsItIs() throws {
        let folder = try TemporaryFolder()
        try Daemon.run(
            "/usr/bin/htpasswd", ["-Bbc", folder.path + "/htpasswd", "u", "p"], log: (folder / "htpasswd.log").path)
        let registry = try RealRegistry(
            folder, sections: "auth: {htpasswd: {realm: r, path: $FOLDER/htpasswd}}",
            skopeo: ["--dest-tls-verify=false", "--dest-creds=u:p"])
        let digest = try registry.push("app:1")
        let host = registry.host
        func login(_ user: String) throws -> String {
            let text = Data(user.utf8).base64EncodedString()
            return try folder.write(#"{"auths":{"\#(host)":{"auth":"\#(text)"}}}"#, to: "config.json")
        }
        #expect(findings(verifier([host]), "\(host)/app:1")[0].answer == .unknown)
        let verifier = verifier([host], credentials: try login("u:wrong"))
        #expect(findings(verifier, "\(host)/app:1", "\(host)/none:1").map(\.answer) == [.unknown, .unknown])
        _ = try login("u:p")
        #expect(eventually { findings(verifier, "\(host)/app:1") == [present(digest)] })
        #expect(findings(verifier, "\(host)/none:1")[0].answer == .absent)
    }

    @Test func tokensAreTakenFromTheRealmThatSignsThem() throws {
        let folder = try TemporaryFolder()
        let (key, certificate) = try selfSigned("token", in: folder)
        let der = try Data(contentsOf: folder / "token.der").base64EncodedString()
        let tokens = try StandInRegistry { request in
            guard request.headers["authorization"] == "Basic dTpw" else { return .status(401) }
            let query = request.path.removingPercentEncoding ?? ""
            let name = query.components(separatedBy: "repository:").last?.components(separatedBy: ":").first ?? ""
            let actions = query.contains("push") ? #""pull","push","delete""# : #""pull""#
            guard let token = try? signed(name, actions, key: key, der: der, folder) else { return .status(500) }
            return .status(200, ["Content-Type: application/json"], #"{"token":"\#(token)","expires_in":300}"#)
        }
        let registry = try RealRegistry(
            folder,
            sections: """
                auth:
                  token:
                    realm: http://\(tokens.host)/token
                    service: registry
                    issuer: issuer
                    rootcertbundle: \(certificate)
                """, skopeo: ["--dest-tls-verify=false", "--dest-creds=u:p"])
        let digest = try registry.push("team/app:1")
        let host = registry.host
        let login = try folder.write(#"{"auths":{"\#(host)":{"username":"u","password":"p"}}}"#, to: "config.json")
        let plain = [host, tokens.host]
        let refused = findings(verifier(plain, credentials: login), "\(host)/team/app:1")[0]
        #expect(refused.answer == .unknown)
        #expect(refused.reason?.contains("--token-realm \(host)=\(tokens.host)") == true)
        let verifier = verifier(plain, credentials: login) { $0.tokenRealms[host] = [tokens.host] }
        #expect(
            findings(verifier, "\(host)/team/app:1", "\(host)/team/app:2", "\(host)/none:1").map(\.answer)
                == [.present(digest: Array(digest.utf8)), .absent, .absent])
    }

    @Test func authorityOfAHostIsItsFile() throws {
        let folder = try TemporaryFolder()
        let (key, certificate) = try selfSigned("registry", in: folder)
        let registry = try RealRegistry(
            folder, http: "  tls: {certificate: \(certificate), key: \(key)}", skopeo: ["--dest-tls-verify=false"])
        let digest = try registry.push("app:1")
        let host = registry.host
        #expect(findings(verifier(), "\(host)/app:1")[0].answer == .unknown)
        let hosts = (folder / "hosts").path
        try folder.write(try folder.read("registry.crt"), to: "hosts/\(host)/ca.crt")
        #expect(findings(verifier(hosts: hosts), "\(host)/app:1") == [present(digest)])
        // Another authority is none for this host.
        _ = try selfSigned("other", in: folder)
        try folder.write(try folder.read("other.crt"), to: "hosts/\(host)/ca.crt")
        let finding = findings(verifier(hosts: hosts), "\(host)/app:1")[0]
        #expect(finding.answer == .unknown)
        #expect(finding.reason?.contains("certificate") == true)
    }
}

/// A key and a certificate for 127.0.0.1, which is its own authority: PEM files, and `name.der`.
private func selfSigned(_ name: String, in folder: TemporaryFolder) throws -> (key: String, certificate: String) {
    let (key, certificate) = ("\(folder.path)/\(name).key", "\(folder.path)/\(name).crt")
    try Daemon.run(
        "/usr/bin/openssl",
        [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout", key,
            "-out", certificate, "-addext", "subjectAltName=IP:127.0.0.1",
        ], log: "\(folder.path)/\(name)-req.log")
    try Daemon.run(
        "/usr/bin/openssl", ["x509", "-in", certificate, "-outform", "DER", "-out", "\(folder.path)/\(name).der"],
        log: "\(folder.path)/\(name)-x509.log")
    return (key, certificate)
}

/// A token as distribution's specification has it: a JWT whose header carries the certificate.
private func signed(
    _ repository: String, _ actions: String, key: String, der: String, _ folder: TemporaryFolder
) throws -> String {
    func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
    let now = Int(Date().timeIntervalSince1970)
    let header = #"{"typ":"JWT","alg":"RS256","x5c":["\#(der)"]}"#
    let claims = #"""
        {"iss":"issuer","sub":"u","aud":"registry","exp":\#(now + 300),"nbf":\#(now - 60),"iat":\#(now),"jti":"1",\#
        "access":[{"type":"repository","name":"\#(repository)","actions":[\#(actions)]}]}
        """#
    let text = "\(encoded(Data(header.utf8))).\(encoded(Data(claims.utf8)))"
    let name = UUID().uuidString
    try folder.write(text, to: name)
    try Daemon.run(
        "/usr/bin/openssl",
        ["dgst", "-sha256", "-sign", key, "-out", "\(folder.path)/\(name).sig", "\(folder.path)/\(name)"],
        log: "\(folder.path)/\(name).log")
    return "\(text).\(encoded(try Data(contentsOf: folder / "\(name).sig")))"
}
