import APIServerStandIn
import Foundation
import Kubernetes
import Testing

struct WebhookConfigurationTests {
    private static let name = "imageswap-webhook"

    private func yaml(
        _ webhooks: [String] = ["a.imageswap.io"], bundle: String = "one", version: String? = nil
    ) -> String {
        var text = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata:
              name: \(Self.name)
              labels: {app: imageswap}

            """
        if let version { text += "  resourceVersion: \"\(version)\"\n" }
        text += webhooks.isEmpty ? "webhooks: []\n" : "webhooks:\n"
        for name in webhooks {
            text += """
                - name: \(name)
                  clientConfig:
                    service: {name: imageswap, namespace: imageswap-system, path: /}
                    caBundle: \(Data(bundle.utf8).base64EncodedString())
                  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]
                  sideEffects: None
                  admissionReviewVersions: [v1]

                """
        }
        return text
    }

    private func names(_ configuration: MutatingWebhookConfiguration?) -> [String]? {
        configuration?.webhooks?.map(\.name)
    }

    @Test func applyMakesTheConfigurationWhereItIsMissing() throws {
        let scene = try Scene()
        #expect(try scene.client.webhookConfiguration(Self.name) == nil)
        let made = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml())
        #expect(names(made) == ["a.imageswap.io"])
        #expect(made.webhooks?.first?.clientConfig.caBundle == Data("one".utf8))
        #expect(try scene.client.webhookConfiguration(Self.name) == made)
        let stored = scene.server.get(.webhookConfigurations, Self.name)
        #expect(stored?["metadata"]?["labels"] == ["app": "imageswap"])
        // What the server adds is not undone by the next apply, nor does that change anything.
        #expect(stored?["webhooks"]?.array?.first?["timeoutSeconds"] == 10)
        let version = made.metadata.resourceVersion
        let again = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml(version: version))
        #expect(again == made)
    }

    @Test func applyOverAnOldVersionIsAConflict() throws {
        let scene = try Scene()
        let made = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml())
        let next = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml(bundle: "two"))
        let error = scene.failure { client throws(KubernetesError) in
            try client.apply(
                webhookConfiguration: Self.name, yaml: yaml(bundle: "three", version: made.metadata.resourceVersion))
        }
        #expect(error?.isConflict == true)
        #expect(try scene.client.webhookConfiguration(Self.name) == next)
    }

    @Test func applyTakesAwayWhatItAppliedAndLeavesWhatOthersDid() throws {
        let scene = try Scene()
        _ = try scene.client.apply(
            webhookConfiguration: Self.name, yaml: yaml(["a.imageswap.io", "b.imageswap.io"]))
        scene.server.change(.webhookConfigurations, Self.name) { configuration in
            var webhooks = configuration["webhooks"]?.array ?? []
            webhooks[0]["namespaceSelector"] = ["matchLabels": ["swap": "on"]]
            webhooks.append([
                "name": "theirs.example.com", "clientConfig": ["url": "https://example.com/"], "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
            ])
            configuration["webhooks"] = .array(webhooks)
            configuration["metadata"]?["annotations"] = ["of": "others"]
        }
        let one = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml(bundle: "two"))
        #expect(names(one) == ["a.imageswap.io", "theirs.example.com"])
        let stored = scene.server.get(.webhookConfigurations, Self.name)
        #expect(stored?["webhooks"]?.array?.first?["namespaceSelector"] == ["matchLabels": ["swap": "on"]])
        #expect(stored?["metadata"]?["annotations"] == ["of": "others"])
        // A webhook of ours goes with what others set in it.
        let none = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml([]))
        #expect(names(none) == ["theirs.example.com"])
    }

    @Test func applyTakesBackWhatSomeoneElseSet() throws {
        let scene = try Scene()
        _ = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml())
        scene.server.change(.webhookConfigurations, Self.name) { configuration in
            var webhooks = configuration["webhooks"]?.array ?? []
            webhooks[0]["clientConfig"]?["caBundle"] = .base64(Array("theirs".utf8))
            configuration["webhooks"] = .array(webhooks)
        }
        let taken = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml(bundle: "ours"))
        #expect(taken.webhooks?.first?.clientConfig.caBundle == Data("ours".utf8))
    }

    @Test func aWebhookThatSomeoneElseMadeStays() throws {
        let scene = try Scene()
        let webhook: JSONValue = [
            "name": "a.imageswap.io", "clientConfig": ["url": "https://example.com/"], "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        ]
        scene.server.put(
            .webhookConfigurations, ["metadata": ["name": .string(Self.name)], "webhooks": [webhook]])
        let text = yaml().replacingOccurrences(
            of: "service: {name: imageswap, namespace: imageswap-system, path: /}", with: "url: https://example.com/")
        _ = try scene.client.apply(webhookConfiguration: Self.name, yaml: text)
        let left = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml([]))
        #expect(names(left) == ["a.imageswap.io"])
        #expect(left.webhooks?.first?.clientConfig.caBundle == nil)
    }

    @Test func anEmptyConfigurationOfAnAdministratorIsFilled() throws {
        let scene = try Scene()
        scene.server.put(.webhookConfigurations, ["metadata": ["name": .string(Self.name)], "webhooks": []])
        scene.server.permissions = { verb, _, _ in verb != "create" }
        let found = try #require(try scene.client.webhookConfiguration(Self.name))
        #expect((found.webhooks ?? []).isEmpty)
        let filled = try scene.client.apply(
            webhookConfiguration: Self.name, yaml: yaml(version: found.metadata.resourceVersion))
        #expect(names(filled) == ["a.imageswap.io"])
    }

    @Test func whereItIsMissingApplyNeedsTheRightToCreate() throws {
        let scene = try Scene()
        scene.server.permissions = { verb, _, _ in verb != "create" }
        let error = scene.failure { client throws(KubernetesError) in
            try client.apply(webhookConfiguration: Self.name, yaml: yaml())
        }
        #expect(error?.isForbidden == true)
        #expect(
            error?.description.hasSuffix("; RBAC must grant the verb create on mutatingwebhookconfigurations") == true)
        #expect(scene.server.get(.webhookConfigurations, Self.name) == nil)
    }

    @Test func aPatchSetsBundlesByPlaceAndNothingElse() throws {
        let scene = try Scene()
        let made = try scene.client.apply(
            webhookConfiguration: Self.name, yaml: yaml(["a.imageswap.io", "b.imageswap.io"]))
        let patched = try scene.client.patch(
            webhookConfiguration: Self.name, resourceVersion: made.metadata.resourceVersion ?? "",
            caBundles: [1: Data("two".utf8)])
        #expect(patched.webhooks?.map(\.clientConfig.caBundle) == [Data("one".utf8), Data("two".utf8)])
        #expect(names(patched) == ["a.imageswap.io", "b.imageswap.io"])
        let stale = scene.failure { client throws(KubernetesError) in
            try client.patch(
                webhookConfiguration: Self.name, resourceVersion: made.metadata.resourceVersion ?? "",
                caBundles: [0: Data("three".utf8)])
        }
        #expect(stale?.isConflict == true)
        let missing = scene.failure { client throws(KubernetesError) in
            try client.patch(webhookConfiguration: "none", resourceVersion: "1", caBundles: [0: Data()])
        }
        #expect(missing?.isNotFound == true)
        let place = scene.failure { client throws(KubernetesError) in
            try client.patch(
                webhookConfiguration: Self.name, resourceVersion: patched.metadata.resourceVersion ?? "",
                caBundles: [7: Data()])
        }
        #expect(
            place?.cause
                == .refused(
                    status: 422, reason: "Invalid",
                    message: "the server rejected our request due to an error in our request"))
    }

    @Test func aBundleIsAddedWhereThereIsNone() throws {
        let scene = try Scene()
        scene.server.put(
            .webhookConfigurations,
            [
                "metadata": ["name": .string(Self.name)],
                "webhooks": [
                    [
                        "name": "a.example.com", "clientConfig": ["url": "https://example.com/"],
                        "sideEffects": "None", "admissionReviewVersions": ["v1"],
                    ]
                ],
            ])
        let found = try #require(try scene.client.webhookConfiguration(Self.name))
        #expect(found.webhooks?.first?.clientConfig.caBundle == nil)
        let patched = try scene.client.patch(
            webhookConfiguration: Self.name, resourceVersion: found.metadata.resourceVersion ?? "",
            caBundles: [0: Data("new".utf8)])
        #expect(patched.webhooks?.first?.clientConfig.caBundle == Data("new".utf8))
    }

    @Test func textsThatTheServerCannotTakeAreRefused() throws {
        let scene = try Scene()
        let cases: [(String, String)] = [
            ("a: [", "error decoding YAML"), ("metadata: {name: x}", "invalid object type: /, Kind="),
            (yaml().replacingOccurrences(of: "  sideEffects: None\n", with: ""), "must specify one of None"),
            (yaml(["short"]), "should be a domain with at least three segments"),
        ]
        for (text, words) in cases {
            let error = scene.failure { client throws(KubernetesError) in
                try client.apply(webhookConfiguration: Self.name, yaml: text)
            }
            #expect(error?.exitCode == 78)
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
        #expect(scene.server.get(.webhookConfigurations, Self.name) == nil)
    }

    @Test func aConfigurationIsDeletedOnce() throws {
        let scene = try Scene()
        _ = try scene.client.apply(webhookConfiguration: Self.name, yaml: yaml())
        #expect(try scene.client.delete(webhookConfiguration: Self.name))
        #expect(try !scene.client.delete(webhookConfiguration: Self.name))
    }
}
