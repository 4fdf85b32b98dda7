// The command `imageswap-init cleanup`, really run, against a server with kube-apiserver's rules and without one.

import APIServerStandIn
import Foundation
import Testing

@Suite struct InitCleanupTests {
    private let kubeconfig = FileManager.default.temporaryDirectory
        .appending(path: "imageswap-\(UUID().uuidString).kubeconfig").path

    /// Runs it with a kubeconfig for the server, in which all is installed.
    private func clean(
        _ server: APIServerStandIn, _ options: [String] = [], secret: String = "imageswap-ca",
        environment: [String: String] = [:]
    ) throws -> InitProgram {
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
                "metadata": [
                    "name": .string(secret), "namespace": "imageswap-system",
                    "labels": ["app.kubernetes.io/managed-by": "imageswap-init"],
                ],
            ])
        defer { try? FileManager.default.removeItem(atPath: kubeconfig) }
        try server.writeKubeconfig(to: kubeconfig)
        return try InitProgram(
            ["cleanup"] + options, environment: environment.merging(["KUBECONFIG": kubeconfig]) { $1 })
    }

    @Test func whatWasDoneIsSaidALineEach() throws {
        let server = try APIServerStandIn()
        let result = try clean(server)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output == """
                deleted MutatingWebhookConfiguration imageswap-webhook
                deleted Secret imageswap-system/imageswap-ca
                no CertificateSigningRequests of imageswap-system were there

                """)
        #expect(result.errors == "")
        #expect(server.get(.webhookConfigurations, "imageswap-webhook") == nil)
        #expect(server.get(.secrets, "imageswap-ca") == nil)
    }

    @Test func theConfigurationIsKeptWhereThatIsAskedFor() throws {
        let server = try APIServerStandIn()
        let result = try clean(server, ["--keep-webhook-configuration"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("left the webhook configuration alone\ndeleted Secret "))
        #expect(server.get(.webhookConfigurations, "imageswap-webhook") != nil)
    }

    @Test func namesAreThoseThatAreSet() throws {
        let server = try APIServerStandIn()
        let result = try clean(
            server, ["--mwc-name", "other"], secret: "our-ca", environment: ["IMAGESWAP_CA_SECRET": "our-ca"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("MutatingWebhookConfiguration other was not there\n"))
        #expect(server.get(.webhookConfigurations, "imageswap-webhook") != nil)
        #expect(server.get(.secrets, "our-ca") == nil)
    }

    @Test func forbiddenEndsWith77AndNothingElseIsTouched() throws {
        let server = try APIServerStandIn()
        server.permissions = { verb, _, _ in verb != "delete" }
        let result = try clean(server)
        #expect(result.status == 77)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("Error: cannot delete mutatingwebhookconfigurations \"imageswap-webhook\": "))
        #expect(result.errors.hasSuffix("RBAC must grant the verb delete on mutatingwebhookconfigurations\n"))
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(server.get(.secrets, "imageswap-ca") != nil)
    }

    @Test(arguments: [["--mwc-name", ""], ["--nonsense"], ["extra"]])
    func wrongOptionsEndWith64(options: [String]) throws {
        let result = try InitProgram(["cleanup"] + options)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("Error: "))
        #expect(result.output == "")
    }

    @Test func withoutAPodAndAKubeconfigItEndsWith78AndOneLine() throws {
        let result = try InitProgram(["cleanup", "--namespace", "imageswap-system"])
        #expect(result.status == 78)
        #expect(result.errors == "Error: neither in a pod nor with a kubeconfig: set KUBECONFIG or --kubeconfig\n")
        #expect(result.output == "")
    }
}
