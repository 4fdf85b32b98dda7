import APIServerStandIn
import Foundation
import Kubernetes
import Testing

struct SecretTests {
    @Test func aSecretThatIsNotThereIsNil() throws {
        let scene = try Scene()
        #expect(try scene.client.secret("imageswap-ca", namespace: namespace) == nil)
        #expect(try scene.client.delete(secret: "imageswap-ca", namespace: namespace) == false)
    }

    @Test func aSecretIsReadAsItWasMade() throws {
        let scene = try Scene()
        let made = try scene.client.create(tlsSecret(labels: ["app": "imageswap"]))
        #expect(made.metadata.resourceVersion != nil)
        #expect(made.metadata.uid != nil)
        #expect(made.metadata.creationTimestamp == "2026-11-25T00:00:00Z")
        let read = try scene.client.secret("imageswap-ca", namespace: namespace)
        #expect(read == made)
        #expect(read?["tls.key"] == Array("key".utf8))
        #expect(read?["other"] == nil)
        #expect(read?.type == "kubernetes.io/tls")
        #expect(read?.metadata.labels == ["app": "imageswap"])
    }

    @Test func theSecondOneOfANameIsThereAlready() throws {
        let scene = try Scene()
        _ = try scene.client.create(tlsSecret())
        let error = scene.failure { client throws(KubernetesError) in try client.create(tlsSecret()) }
        #expect(error?.cause == .alreadyExists("secrets \"imageswap-ca\" already exists"))
        #expect(error?.isConflict == true)
        #expect(error?.exitCode == 78)
        #expect(scene.server.log.count == 2)
    }

    @Test func anUpdateChangesTheKeysThatItNamesAndNothingElse() throws {
        let scene = try Scene()
        let made = try scene.client.create(tlsSecret())
        scene.server.change(.secrets, "imageswap-ca") { secret in
            secret["metadata"]?["labels"] = ["of": "others"]
            secret["data"]?["theirs"] = .base64(Array("kept".utf8))
            secret["data"]?["old"] = .base64(Array("gone".utf8))
        }
        let read = try #require(try scene.client.secret("imageswap-ca", namespace: namespace))
        let updated = try scene.client.update(
            secret: "imageswap-ca", namespace: namespace, resourceVersion: read.metadata.resourceVersion ?? "",
            data: ["tls.crt": Data("new".utf8), "state.json": Data("{}".utf8), "old": nil])
        #expect(updated["tls.crt"] == Array("new".utf8))
        #expect(updated["state.json"] == Array("{}".utf8))
        #expect(updated["theirs"] == Array("kept".utf8))
        #expect(updated["tls.key"] == Array("key".utf8))
        #expect(updated["old"] == nil)
        #expect(updated.metadata.labels == ["of": "others"])
        #expect(updated.metadata.uid == made.metadata.uid)
    }

    @Test func anUpdateOfWhatWasChangedMeanwhileIsAConflict() throws {
        let scene = try Scene()
        let made = try scene.client.create(tlsSecret())
        scene.server.change(.secrets, "imageswap-ca") { $0["data"]?["tls.crt"] = .base64(Array("theirs".utf8)) }
        let error = scene.failure { client throws(KubernetesError) in
            try client.update(
                secret: "imageswap-ca", namespace: namespace, resourceVersion: made.metadata.resourceVersion ?? "",
                data: ["tls.crt": Data("ours".utf8)])
        }
        guard case .conflict(let message) = error?.cause else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(message.hasPrefix("Operation cannot be fulfilled on secrets \"imageswap-ca\": the object has been"))
        #expect(scene.server.get(.secrets, "imageswap-ca")?.field("data", "tls.crt") == Array("theirs".utf8))
        // One that nobody made is no conflict.
        #expect(
            scene.failure { client throws(KubernetesError) in
                try client.update(secret: "none", namespace: namespace, resourceVersion: "1", data: [:])
            }?.isNotFound == true)
    }

    @Test func aSecretIsDeletedOnce() throws {
        let scene = try Scene()
        _ = try scene.client.create(tlsSecret())
        #expect(try scene.client.delete(secret: "imageswap-ca", namespace: namespace))
        #expect(try !scene.client.delete(secret: "imageswap-ca", namespace: namespace))
    }

    @Test func aTLSSecretWithoutItsKeysIsRefused() throws {
        let scene = try Scene()
        var secret = tlsSecret()
        secret.data = [:]
        let error = scene.failure { client throws(KubernetesError) in try client.create(secret) }
        #expect(
            error?.cause
                == .refused(
                    status: 422, reason: "Invalid",
                    message: "Secret \"imageswap-ca\" is invalid: [data[tls.crt]: Required value, data[tls.key]:"
                        + " Required value]"))
        let made = try scene.client.create(tlsSecret())
        let taken = scene.failure { client throws(KubernetesError) in
            try client.update(
                secret: "imageswap-ca", namespace: namespace, resourceVersion: made.metadata.resourceVersion ?? "",
                data: ["tls.key": nil])
        }
        #expect(taken?.exitCode == 78)
    }

    @Test func whatASecretHoldsIsNotPrinted() throws {
        let secret = tlsSecret()
        #expect("\(secret)" == "Secret imageswap-ca with tls.crt, tls.key")
        #expect(!String(reflecting: secret).contains("key: "))
    }

    @Test func theClustersAuthoritiesAreInAConfigMap() throws {
        let scene = try Scene()
        let first = try #require(try scene.client.configMap("kube-root-ca.crt", namespace: namespace))
        #expect(first.data?["ca.crt"] == String(decoding: scene.server.clusterAuthority.certificate, as: UTF8.self))
        try scene.server.renewClusterAuthority()
        let second = try #require(try scene.client.configMap("kube-root-ca.crt", namespace: namespace))
        #expect(second.data?["ca.crt"]?.hasPrefix(first.data?["ca.crt"] ?? "-") == true)
        #expect(second.metadata.resourceVersion != first.metadata.resourceVersion)
        #expect(try scene.client.configMap("none", namespace: namespace) == nil)
    }
}

extension JSONValue {
    /// The bytes that stand under a key of a field, in base64.
    func field(_ name: String, _ key: String) -> [UInt8]? { self[name]?.data(key) }
}
