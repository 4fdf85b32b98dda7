import Certificates
import Foundation
package import Kubernetes

extension APIServerStandIn {
    package static let token = "token-of-imageswap"

    package var url: String { "https://\(address):\(port)" }

    /// How a client gets here, with the token that the server knows.
    package var connection: Connection {
        Connection(
            server: url, trust: .authority(.bytes(caPEM)), credentials: .bearerToken(.bytes(Array(Self.token.utf8))),
            namespace: "imageswap-system")
    }

    /// Writes the same as a kubeconfig.
    package func writeKubeconfig(to path: String, token: String = APIServerStandIn.token) throws {
        let config: JSONValue = [
            "apiVersion": "v1", "kind": "Config", "current-context": "stand-in",
            "contexts": [
                [
                    "name": "stand-in",
                    "context": ["cluster": "stand-in", "user": "stand-in", "namespace": "imageswap-system"],
                ]
            ],
            "clusters": [
                [
                    "name": "stand-in",
                    "cluster": ["server": .string(url), "certificate-authority-data": .base64(caPEM)],
                ]
            ],
            "users": [["name": "stand-in", "user": ["token": .string(token)]]],
        ]
        try Data(config.bytes).write(to: URL(filePath: path))
    }

    /// A certificate by which this user is known, and its key, PEM.
    package func clientCertificate(user: String) throws -> (certificate: [UInt8], key: [UInt8]) {
        let key = try PrivateKey.generate()
        let request = try CertificateRequest.make(
            organization: nil, commonName: user, names: [try HostName("client.invalid")], key: key)
        let certificate = try service.clientAuthority.sign(
            request: request, usages: ["digital signature", "client auth"],
            validity: Validity(days: 1, from: Int64(Date().timeIntervalSince1970)))
        return (certificate, try key.pem)
    }
}
