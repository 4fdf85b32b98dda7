// The parts of Kubernetes' objects that are needed here.

package import FoundationEssentials

/// metadata
package struct ObjectMeta: Codable, Equatable, Sendable {
    package var name: String
    package var namespace: String?
    package var resourceVersion: String?
    package var uid: String?
    package var labels: [String: String]?
    package var annotations: [String: String]?
    /// As RFC 3339 writes it.
    package var creationTimestamp: String?
    /// The same; nil where nobody asked for its deletion.
    package var deletionTimestamp: String?

    package init(
        name: String, namespace: String? = nil, resourceVersion: String? = nil, labels: [String: String]? = nil,
        annotations: [String: String]? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.resourceVersion = resourceVersion
        self.labels = labels
        self.annotations = annotations
    }
}

/// v1 Secret. What it holds is not printed.
package struct Secret: Codable, Equatable, Sendable, CustomStringConvertible {
    package var apiVersion: String? = "v1"
    package var kind: String? = "Secret"
    package var metadata: ObjectMeta
    package var type: String?
    package var data: [String: Data]?
    /// Whether the data may not be changed any more; nil: it may.
    package var immutable: Bool?

    package init(metadata: ObjectMeta, type: String, data: [String: Data]) {
        self.metadata = metadata
        self.type = type
        self.data = data
    }

    /// The bytes under a key; nil where there is none.
    package subscript(_ key: String) -> [UInt8]? { data?[key].map { [UInt8]($0) } }

    package var description: String {
        "Secret \(metadata.name) with \((data ?? [:]).keys.sorted().joined(separator: ", "))"
    }
}

/// v1 Namespace
package struct Namespace: Decodable, Equatable, Sendable {
    package struct Status: Decodable, Equatable, Sendable {
        /// `Active` or `Terminating`.
        package var phase: String?
    }

    package var metadata: ObjectMeta
    package var status: Status?

    /// Whether it is going, and takes nothing new.
    package var isTerminating: Bool { metadata.deletionTimestamp != nil || status?.phase == "Terminating" }
}

/// v1 ConfigMap
package struct ConfigMap: Codable, Equatable, Sendable {
    package var metadata: ObjectMeta
    package var data: [String: String]?
}

/// certificates.k8s.io/v1 CertificateSigningRequest
package struct CertificateSigningRequest: Codable, Equatable, Sendable {
    package struct Spec: Codable, Equatable, Sendable {
        /// PEM
        package var request: Data
        package var signerName: String
        package var usages: [String]?
        package var expirationSeconds: Int32?
    }

    package struct Condition: Codable, Equatable, Sendable {
        /// `Approved`, `Denied` or `Failed`
        package var type: String
        package var status: String
        package var reason: String?
        package var message: String?
    }

    package struct Status: Codable, Equatable, Sendable {
        package var conditions: [Condition]?
        /// PEM: the certificate, and those between it and its root.
        package var certificate: Data?
    }

    package var apiVersion: String? = "certificates.k8s.io/v1"
    package var kind: String? = "CertificateSigningRequest"
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package init(
        metadata: ObjectMeta, request: Data, signerName: String, usages: [String], expirationSeconds: Int32?
    ) {
        self.metadata = metadata
        spec = Spec(request: request, signerName: signerName, usages: usages, expirationSeconds: expirationSeconds)
    }

    /// The condition of this type that holds.
    package func condition(_ type: String) -> Condition? {
        status?.conditions?.first { $0.type == type && $0.status == "True" }
    }
}

/// admissionregistration.k8s.io/v1 MutatingWebhookConfiguration
package struct MutatingWebhookConfiguration: Codable, Equatable, Sendable {
    package struct ClientConfig: Codable, Equatable, Sendable {
        /// PEM
        package var caBundle: Data?
    }

    package struct Webhook: Codable, Equatable, Sendable {
        package var name: String
        package var clientConfig: ClientConfig
    }

    package var metadata: ObjectMeta
    package var webhooks: [Webhook]?
}

/// A Status, the body of each answer that is no object.
struct StatusBody: Decodable {
    struct Details: Decodable {
        var retryAfterSeconds: Int?
    }

    var message: String?
    var reason: String?
    var details: Details?
    var code: Int?
}
