import APIServerStandIn
import Foundation
import Kubernetes
import Testing

struct KubeconfigTests {
    /// A kubeconfig with one context, whose parts are as given; each text goes on at its own indentation.
    private static func config(
        cluster: String = "server: https://api.example.com:6443", user: String = "token: abc", context: String = ""
    ) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: one
        contexts:
        - name: one
          context: {cluster: c, user: u\(context)}
        - name: two
          context: {cluster: d}
        clusters:
        - name: c
          cluster:
            \(cluster.replacingOccurrences(of: "\n", with: "\n    "))
        - name: d
          cluster: {server: "https://two.example.com/prefix/"}
        users:
        - name: u
          user:
            \(user.replacingOccurrences(of: "\n", with: "\n    "))
        """
    }

    private func read(_ text: String, context: String? = nil, allowInsecure: Bool = false) throws -> Connection {
        let folder = try Folder()
        let file = try folder.write(text, to: "config")
        var connection = try Connection.kubeconfig(file, context: context, allowInsecure: allowInsecure)
        // Paths in it start from its folder, which is another each time.
        func shortened(_ material: Connection.Material) -> Connection.Material {
            guard case .file(let path) = material else { return material }
            return .file(path.replacingOccurrences(of: folder.path, with: "FOLDER"))
        }
        if case .authority(let material) = connection.trust { connection.trust = .authority(shortened(material)) }
        switch connection.credentials {
        case .bearerToken(let material): connection.credentials = .bearerToken(shortened(material))
        case .clientCertificate(let certificate, let key):
            connection.credentials = .clientCertificate(shortened(certificate), key: shortened(key))
        case .none: break
        }
        return connection
    }

    private static func expected(
        _ trust: Connection.Trust = .system,
        _ credentials: Connection.Credentials = .bearerToken(.bytes(Array("abc".utf8))),
        serverName: String? = nil, namespace: String? = nil, proxy: Connection.Proxy = .environment
    ) -> Connection {
        Connection(
            server: "https://api.example.com:6443", trust: trust, credentials: credentials, serverName: serverName,
            namespace: namespace, proxy: proxy)
    }

    private static let server = "server: https://api.example.com:6443\n"
    private static let good: [(String, Connection)] = [
        (config(), expected()),
        (config(context: ", namespace: ours"), expected(namespace: "ours")),
        (config(context: ", namespace: ''"), expected()),
        (config(cluster: server + "certificate-authority: ca.crt"), expected(.authority(.file("FOLDER/ca.crt")))),
        (config(cluster: server + "certificate-authority: /etc/ca.crt"), expected(.authority(.file("/etc/ca.crt")))),
        (config(cluster: server + "certificate-authority-data: YWI="), expected(.authority(.bytes([0x61, 0x62])))),
        // Line breaks in base64 count for nothing, as in kubectl.
        (
            config(cluster: server + "certificate-authority-data: |\n  YW\n  I=\n"),
            expected(.authority(.bytes([0x61, 0x62])))
        ),
        (
            config(cluster: server + "certificate-authority: ca.crt\ncertificate-authority-data: YQ=="),
            expected(.authority(.bytes([0x61])))
        ),
        (config(cluster: server + "insecure-skip-tls-verify: false"), expected()),
        (config(cluster: server + "tls-server-name: kubernetes"), expected(serverName: "kubernetes")),
        (config(cluster: server + "tls-server-name: ''\nproxy-url: ''"), expected()),
        (config(cluster: server + "proxy-url: http://proxy:3128"), expected(proxy: .url("http://proxy:3128"))),
        (config(user: "tokenFile: token"), expected(.system, .bearerToken(.file("FOLDER/token")))),
        (config(user: "token: abc\ntokenFile: t"), expected(.system, .bearerToken(.file("FOLDER/t")))),
        (
            config(user: "client-certificate: c.crt\nclient-key-data: aw==\ntoken: abc"),
            expected(.system, .clientCertificate(.file("FOLDER/c.crt"), key: .bytes([0x6b])))
        ),
        (config(user: "{}"), expected(.system, .none)),
        (config(user: "exec: null\ntoken: abc"), expected()),
        (config().replacingOccurrences(of: ", user: u", with: ""), expected(.system, .none)),
        (config().replacingOccurrences(of: "user: u", with: "user: \"\""), expected(.system, .none)),
    ]

    @Test(arguments: Self.good.indices)
    func whatAKubeconfigSaysIsTaken(index: Int) throws {
        let (text, connection) = Self.good[index]
        #expect(try read(text) == connection, "\(text)")
    }

    @Test func anotherContextMayBeNamed() throws {
        let connection = try read(Self.config(), context: "two")
        #expect(connection.server == "https://two.example.com/prefix")
        #expect(connection.credentials == .none)
    }

    @Test func aServerOnThisMachineMayDoWithoutTLSAndProxy() throws {
        for host in ["127.0.0.1:8001", "localhost:8001", "[::1]:8001"] {
            let connection = try read(Self.config(cluster: "server: http://\(host)"))
            #expect(connection.server == "http://\(host)")
            #expect(connection.proxy == .none)
        }
    }

    @Test func insecureIsObeyedOnlyWhereItIsAllowed() throws {
        let text = Self.config(cluster: Self.server + "insecure-skip-tls-verify: true")
        #expect(try read(text, allowInsecure: true).trust == .unverified)
        let error = #expect(throws: KubernetesError.self) { try read(text) }
        #expect(error?.description.contains("13:31: insecure-skip-tls-verify is refused") == true)
        #expect(error?.description.contains("--allow-insecure") == true)
    }

    private static let bad: [(String, String)] = [
        ("", ":1:1: empty"),
        ("a: [", "did not find expected"),
        ("[]", "there is no current-context"),
        (config().replacingOccurrences(of: "current-context: one", with: "current-context: ''"), "no current-context"),
        (
            config().replacingOccurrences(of: "current-context: one", with: "current-context: three"),
            "there is no \"three\" in contexts"
        ),
        (config().replacingOccurrences(of: "cluster: c,", with: "cluster: x,"), "there is no \"x\" in clusters"),
        (config().replacingOccurrences(of: "cluster: c,", with: ""), "the context one names no cluster"),
        (config().replacingOccurrences(of: "user: u", with: "user: x"), "there is no \"x\" in users"),
        (config(cluster: "{}"), "it has no server"),
        (config(cluster: "server: [a]"), "server is no text"),
        (config(cluster: "server: api.example.com"), "no URL"),
        (config(cluster: "server: ftp://api.example.com"), "no URL of https"),
        (config(cluster: "server: http://api.example.com"), "is not https"),
        (config(cluster: "server: http://127.0.0.1.example.com"), "is not https"),
        (config(cluster: "server: http://localhost.example.com"), "is not https"),
        (config(cluster: "server: https://jane:secret@api.example.com"), "user's name"),
        (config(cluster: server + "certificate-authority-data: '%%'"), "certificate-authority-data is not base64"),
        (config(cluster: server + "insecure-skip-tls-verify: 'yes'"), "insecure-skip-tls-verify is true or false"),
        (config(user: "client-certificate: a"), "client-certificate and client-key go together"),
        (config(user: "client-key-data: YQ=="), "client-certificate and client-key go together"),
        (config(user: "exec: {command: aws}"), "exec is not supported; supported are client-certificate"),
        (config(user: "auth-provider: {name: gcp}"), "auth-provider is not supported"),
        (config(user: "username: jane\npassword: x"), "username is not supported"),
        (config(user: "as: jane\ntoken: abc"), "as is not supported"),
        (config() + "\nusers: []", "the key \"users\" is repeated"),
    ]

    @Test(arguments: Self.bad.indices)
    func whatCannotBeTakenIsToldOf(index: Int) throws {
        let (text, words) = Self.bad[index]
        let error = #expect(throws: KubernetesError.self) { try read(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error)), of: \(text)")
        #expect(error?.exitCode == 78)
    }

    @Test func aPasswordInAURLIsNotShown() throws {
        let error = #expect(throws: KubernetesError.self) {
            try read(Self.config(cluster: "server: https://jane:secret@api.example.com"))
        }
        #expect(error?.description.contains("secret") == false)
    }

    @Test func JSONIsReadToo() throws {
        let folder = try Folder()
        let scene = try Scene()
        try scene.server.writeKubeconfig(to: "\(folder.path)/config")
        let connection = try Connection.kubeconfig("\(folder.path)/config")
        #expect(connection == scene.server.connection)
        let client = KubernetesClient(connection, userAgent: "tests/1", time: scene.time.source)
        #expect(try client.configMap("kube-root-ca.crt", namespace: namespace) != nil)
        #expect(client.namespace == namespace)
    }

    @Test func ofSeveralFilesTheFirstOneThatIsThereCounts() throws {
        let folder = try Folder()
        let first = try folder.write(Self.config(user: "token: first"), to: "first")
        let second = try folder.write(Self.config(user: "token: second"), to: "second")
        let connection = try Connection.kubeconfig("/nowhere/config:\(first):\(second)")
        #expect(connection.credentials == .bearerToken(.bytes(Array("first".utf8))))
        for path in ["", ":", "/nowhere/config"] {
            let error = #expect(throws: KubernetesError.self) { try Connection.kubeconfig(path) }
            #expect(error?.description.contains("there is no kubeconfig at \(path)") == true)
        }
    }

    @Test func whatIsNoFileIsToldOf() throws {
        let folder = try Folder()
        let error = #expect(throws: KubernetesError.self) { try Connection.kubeconfig(folder.path) }
        #expect(error?.description.contains("cannot read") == true)
    }
}
