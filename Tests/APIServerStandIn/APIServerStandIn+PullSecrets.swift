/// What tests about pull secrets put there again and again.
extension APIServerStandIn {
    @discardableResult
    package func putNamespace(_ name: String, labels: [String: String] = [:], phase: String = "Active") -> JSONValue {
        put(
            .namespaces,
            [
                "metadata": ["name": .string(name), "labels": .object(labels.mapValues { .string($0) })],
                "status": ["phase": .string(phase)],
            ])
    }

    @discardableResult
    package func putSecret(
        _ name: String, in namespace: String, content: String = "credentials",
        type: String = "kubernetes.io/dockerconfigjson", labels: [String: String] = [:]
    ) -> JSONValue {
        put(
            .secrets,
            [
                "type": .string(type), "data": [".dockerconfigjson": .base64(Array(content.utf8))],
                "metadata": [
                    "name": .string(name), "namespace": .string(namespace),
                    "labels": .object(labels.mapValues { .string($0) }),
                ],
            ])
    }
}
