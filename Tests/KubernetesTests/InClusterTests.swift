import APIServerStandIn
import Foundation
import Kubernetes
import Testing

struct InClusterTests {
    /// What the kubelet mounts.
    private func fill(_ folder: borrowing Folder, authority: [UInt8] = [], namespace: String? = "ours\n") throws {
        try folder.write("token-of-imageswap\n", to: "token")
        try folder.write(String(decoding: authority, as: UTF8.self), to: "ca.crt")
        if let namespace { try folder.write(namespace, to: "namespace") }
    }

    @Test func outsideOfAClusterThereIsNone() throws {
        #expect(try Connection.inCluster(environment: [:], directory: "/nowhere") == nil)
        #expect(try Connection.inCluster(environment: ["KUBERNETES_SERVICE_HOST": ""], directory: "/nowhere") == nil)
    }

    @Test(
        arguments: [
            (["KUBERNETES_SERVICE_HOST": "10.0.0.1"], "https://10.0.0.1:443"),
            (["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "6443"], "https://10.0.0.1:6443"),
            (
                [
                    "KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "80",
                    "KUBERNETES_SERVICE_PORT_HTTPS": "443",
                ], "https://10.0.0.1:443"
            ),
            (["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"], "https://[fd00::1]:443"),
            (
                ["KUBERNETES_SERVICE_HOST": "api.example.com", "KUBERNETES_SERVICE_PORT": ""],
                "https://api.example.com:443"
            ),
        ] as [([String: String], String)])
    func theEnvironmentSaysWhereTheServerIs(environment: [String: String], url: String) throws {
        let folder = try Folder()
        try fill(folder)
        let connection = try #require(try Connection.inCluster(environment: environment, directory: folder.path))
        #expect(connection.server == url)
        #expect(connection.namespace == "ours")
        #expect(connection.trust == .authority(.file("\(folder.path)/ca.crt")))
        #expect(connection.credentials == .bearerToken(.file("\(folder.path)/token")))
        #expect(connection.proxy == .none)
    }

    @Test(arguments: ["http", "70000", "-1", "443/x"])
    func aPortThatIsNoneIsToldOf(port: String) throws {
        let folder = try Folder()
        try fill(folder)
        #expect(throws: KubernetesError(nil, .configuration("no port: \(port)"))) {
            try Connection.inCluster(
                environment: ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": port],
                directory: folder.path)
        }
    }

    @Test func aMissingTokenSaysWhatMayBeTheCause() throws {
        let folder = try Folder()
        let error = #expect(throws: KubernetesError.self) {
            try Connection.inCluster(environment: ["KUBERNETES_SERVICE_HOST": "10.0.0.1"], directory: folder.path)
        }
        #expect(error?.description.contains("/token is missing: is automountServiceAccountToken false") == true)
        #expect(error?.exitCode == 78)
    }

    @Test func withoutANamespacesFileTheConnectionNamesNone() throws {
        for namespace in [nil, "", "\n"] as [String?] {
            let folder = try Folder()
            try fill(folder, namespace: namespace)
            let connection = try Connection.inCluster(
                environment: ["KUBERNETES_SERVICE_HOST": "10.0.0.1"], directory: folder.path)
            #expect(connection != nil)
            #expect(connection?.namespace == nil)
        }
    }

    @Test func aPodGetsThrough() throws {
        let scene = try Scene()
        let folder = try Folder()
        try fill(folder, authority: scene.server.caPEM)
        let connection = try #require(
            try Connection.inCluster(
                environment: [
                    "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(scene.server.port)",
                ], directory: folder.path))
        let client = KubernetesClient(connection, userAgent: "tests/1", time: scene.time.source)
        #expect(try client.configMap("kube-root-ca.crt", namespace: namespace) != nil)
    }
}
