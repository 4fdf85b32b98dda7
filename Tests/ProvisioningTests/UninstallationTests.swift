// What cleanup takes away, in which order, and what it leaves, against a server with kube-apiserver's rules.

import APIServerStandIn
import Foundation
import Kubernetes
import Posix
import Provisioning
import Testing

@Suite struct UninstallationTests {
    private let server: APIServerStandIn

    init() throws {
        server = try APIServerStandIn()
    }

    /// Runs it against the server: what it said, and what it could not do.
    private func clean(configuration: String? = "imageswap-webhook") -> (said: [String], failures: [ProvisioningError])
    {
        let client = KubernetesClient(
            server.connection, userAgent: "test", time: .system, patience: .milliseconds(100))
        var said: [String] = []
        let failures = Uninstallation(
            client: client, configuration: configuration, secret: "imageswap-ca", namespace: "imageswap-system"
        ).run { said.append($0) }
        return (said, failures)
    }

    private func install(labels: JSONValue = ["app.kubernetes.io/managed-by": "imageswap-init"]) {
        server.put(
            .webhookConfigurations,
            [
                "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
                "metadata": ["name": "imageswap-webhook"], "webhooks": [],
            ])
        server.put(
            .secrets,
            [
                "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
                "metadata": ["name": "imageswap-ca", "namespace": "imageswap-system", "labels": labels],
                "data": ["tls.crt": "", "tls.key": ""],
            ])
    }

    private func request(_ name: String, managedBy manager: String, instance: String) {
        server.put(
            .certificateSigningRequests,
            [
                "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
                "metadata": [
                    "name": .string(name),
                    "labels": [
                        "app.kubernetes.io/managed-by": .string(manager),
                        "app.kubernetes.io/instance": .string(instance),
                    ],
                ],
                "spec": ["request": .base64(Array("request".utf8)), "signerName": "kubernetes.io/kubelet-serving"],
            ])
    }

    private func requests() -> [String] {
        server.all(.certificateSigningRequests).compactMap { $0["metadata"]?["name"]?.string }.sorted()
    }

    /// The methods and the last parts of the paths of what changed something.
    private var changes: [String] {
        server.log.filter { $0.method != "GET" }.map { "\($0.method) \($0.path.split(separator: "/").last ?? "")" }
    }

    @Test func allThatWasMadeIsTakenAwayTheConfigurationFirst() throws {
        install()
        request("a", managedBy: "imageswap-init", instance: "imageswap-system")
        request("b", managedBy: "imageswap-init", instance: "imageswap-system")
        request("of-another-namespace", managedBy: "imageswap-init", instance: "other")
        request("of-someone-else", managedBy: "cert-manager", instance: "imageswap-system")
        let (said, failures) = clean()
        #expect(failures.isEmpty, "\(failures)")
        #expect(
            said == [
                "deleted MutatingWebhookConfiguration imageswap-webhook",
                "deleted Secret imageswap-system/imageswap-ca", "deleted CertificateSigningRequest a",
                "deleted CertificateSigningRequest b",
            ])
        #expect(changes == ["DELETE imageswap-webhook", "DELETE imageswap-ca", "DELETE a", "DELETE b"])
        #expect(server.get(.webhookConfigurations, "imageswap-webhook") == nil)
        #expect(server.get(.secrets, "imageswap-ca") == nil)
        #expect(requests() == ["of-another-namespace", "of-someone-else"])
    }

    @Test func whatIsNotThereIsNoError() {
        let (said, failures) = clean()
        #expect(failures.isEmpty, "\(failures)")
        #expect(
            said == [
                "MutatingWebhookConfiguration imageswap-webhook was not there",
                "Secret imageswap-system/imageswap-ca was not there",
                "no CertificateSigningRequests of imageswap-system were there",
            ])
    }

    @Test func theConfigurationIsLeftAloneWhereThatIsAskedFor() {
        install()
        let (said, failures) = clean(configuration: nil)
        #expect(failures.isEmpty, "\(failures)")
        #expect(said.first == "left the webhook configuration alone")
        #expect(server.get(.webhookConfigurations, "imageswap-webhook") != nil)
        #expect(server.get(.secrets, "imageswap-ca") == nil)
    }

    @Test(arguments: [[:], ["app.kubernetes.io/managed-by": "Helm"], ["managed-by": "imageswap-init"]] as [JSONValue])
    func aSecretOfSomeoneElseStays(labels: JSONValue) {
        install(labels: labels)
        request("a", managedBy: "imageswap-init", instance: "imageswap-system")
        let (said, failures) = clean()
        #expect(failures.map(\.exitCode) == [78])
        #expect(
            failures.first?.description.hasPrefix("Secret imageswap-system/imageswap-ca does not have the label")
                == true)
        #expect(said.last == "deleted CertificateSigningRequest a")
        #expect(server.get(.secrets, "imageswap-ca") != nil)
        #expect(changes == ["DELETE imageswap-webhook", "DELETE a"])
    }

    @Test func aSecretThatTookTheNameMeanwhileStays() {
        install()
        server.configure { [server] in
            $0.onAnswer = { [weak server] request, _ in
                guard request.verb == "get", request.resourceName == "secrets" else { return }
                server?.remove(.secrets, "imageswap-ca")
                server?.put(
                    .secrets,
                    [
                        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                        "metadata": ["name": "imageswap-ca", "namespace": "imageswap-system"],
                    ])
            }
        }
        let (_, failures) = clean()
        #expect(failures.count == 1)
        #expect(failures.first?.description.contains("(409)") == true, "\(failures)")
        #expect(server.get(.secrets, "imageswap-ca")?["type"] == "Opaque")
    }

    @Test(arguments: ["delete", "get"])
    func nothingIsTouchedWhereTheConfigurationMayNotGo(verb: String) {
        install()
        request("a", managedBy: "imageswap-init", instance: "imageswap-system")
        server.permissions = { asked, resource, _ in
            !(asked == verb && resource == "mutatingwebhookconfigurations")
        }
        let (said, failures) = clean()
        #expect(said.isEmpty)
        #expect(failures.map(\.exitCode) == [77])
        #expect(
            failures.first?.description.hasSuffix("RBAC must grant the verb \(verb) on mutatingwebhookconfigurations")
                == true, "\(failures)")
        #expect(server.get(.secrets, "imageswap-ca") != nil)
        #expect(requests() == ["a"])
    }

    @Test func nothingIsTouchedWhileTheConfigurationIsStillThere() {
        install()
        // As a finalizer does: deleted, and there all the same.
        server.faults = { request in
            request.verb == "delete" && request.resourceName == "mutatingwebhookconfigurations"
                ? .status(200, body: "{}") : nil
        }
        let (said, failures) = clean()
        #expect(said.isEmpty)
        #expect(failures.map(\.exitCode) == [69])
        #expect(failures.first?.description.contains("is still there after its deletion") == true, "\(failures)")
        #expect(server.get(.secrets, "imageswap-ca") != nil)
    }

    @Test(arguments: [
        ("get", "secrets"), ("delete", "secrets"), ("list", "certificatesigningrequests"),
        ("delete", "certificatesigningrequests"),
    ])
    func whatIsForbiddenIsNamedAndTheRestIsDone(verb: String, resource: String) {
        install()
        request("a", managedBy: "imageswap-init", instance: "imageswap-system")
        server.permissions = { asked, what, _ in !(asked == verb && what == resource) }
        let (_, failures) = clean()
        #expect(failures.map(\.exitCode) == [77])
        #expect(
            failures.first?.description.hasSuffix("RBAC must grant the verb \(verb) on \(resource)") == true,
            "\(failures)")
        #expect(server.get(.webhookConfigurations, "imageswap-webhook") == nil)
        #expect((server.get(.secrets, "imageswap-ca") == nil) == (resource != "secrets"))
        #expect((requests() == []) == (resource == "secrets"))
    }

    @Test func allThatIsForbiddenIsNamed() {
        install()
        server.permissions = { _, resource, _ in resource == "mutatingwebhookconfigurations" }
        #expect(clean().failures.map(\.exitCode) == [77, 77])
    }

    @Test func anAnswerThatIsLostIsNoFailure() {
        install()
        request("a", managedBy: "imageswap-init", instance: "imageswap-system")
        let lost = Monitor(Set<String>())
        server.faults = { request in
            guard request.verb == "delete" else { return nil }
            return lost.withLock { $0.insert(request.resourceName).inserted } ? .lost : nil
        }
        let client = KubernetesClient(server.connection, userAgent: "test", time: .system)
        let failures = Uninstallation(
            client: client, configuration: "imageswap-webhook", secret: "imageswap-ca", namespace: "imageswap-system"
        ).run { _ in }
        #expect(failures.isEmpty, "\(failures)")
        #expect(server.get(.secrets, "imageswap-ca") == nil)
        #expect(requests() == [])
    }
}
