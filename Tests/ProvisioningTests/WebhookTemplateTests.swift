// The webhook configuration's template: what is put in, and what is refused with its place.

import Certificates
import Foundation
import Provisioning
import Testing

@Suite struct WebhookTemplateTests {
    static let good = """
        # comments stay
        apiVersion: admissionregistration.k8s.io/v1
        kind: MutatingWebhookConfiguration
        metadata:
          name: imageswap-webhook
          labels: {app: imageswap}
        webhooks:
          - name: imageswap.webhook.k8s.twr.io
            clientConfig:
              service: {name: imageswap, namespace: imageswap-system, path: "/"}
              caBundle: $CA_BUNDLE
            sideEffects: None

        """

    private func template(_ text: String) throws -> WebhookTemplate {
        try WebhookTemplate(Array(text.utf8), path: "mwc.yaml", identity: identity())
    }

    @Test func bundleAndVersionArePutInAndAllElseStays() throws {
        let template = try template(Self.good)
        #expect(template.name == "imageswap-webhook")
        #expect(template.webhooks == ["imageswap.webhook.k8s.twr.io"])
        let bundle = CertificateBundle([try signingPair().entry])
        let base64 = Data(bundle.pem).base64EncodedString()
        let filled = Self.good.replacingOccurrences(of: "$CA_BUNDLE", with: base64)
        #expect(template.text(bundle: bundle, version: nil) == filled)
        #expect(
            template.text(bundle: bundle, version: "17")
                == filled.replacingOccurrences(
                    of: "metadata:\n  name", with: "metadata:\n  resourceVersion: \"17\"\n  name"))
    }

    @Test func metadataInBracesTakesTheVersionToo() throws {
        let text = Self.good.replacingOccurrences(
            of: "metadata:\n  name: imageswap-webhook\n  labels: {app: imageswap}",
            with: "metadata: {name: imageswap-webhook}")
        let filled = try template(text).text(bundle: CertificateBundle(), version: "17")
        #expect(filled.contains("metadata: {resourceVersion: \"17\", name: imageswap-webhook}"))
    }

    struct Refused: Sendable {
        let old: String
        let new: String
        let reason: String
    }

    @Test(arguments: [
        Refused(
            old: "kind: Mutating", new: "kind: Validating", reason: "mwc.yaml:2:1: must be an admissionregistration"),
        Refused(old: "  name: imageswap-webhook\n", new: "", reason: "metadata.name is missing"),
        Refused(
            old: "  labels: {app: imageswap}", new: "  resourceVersion: \"1\"",
            reason: "mwc.yaml:6:20: metadata.resourceVersion must not be there"),
        Refused(old: "$CA_BUNDLE", new: "Zm9v", reason: "mwc.yaml:11:17: clientConfig.caBundle must be $CA_BUNDLE"),
        Refused(
            old: "namespace: imageswap-system", new: "namespace: default",
            reason: "the API server would ask for imageswap.default.svc"),
        Refused(old: "metadata:", new: "metadata: [", reason: "mwc.yaml:"),
        Refused(old: "  - name: imageswap.webhook.k8s.twr.io\n    c", new: "  - c", reason: "a webhook has no name"),
    ])
    func whatIsWrongIsSaidWithItsPlace(row: Refused) throws {
        let text = Self.good.replacingOccurrences(of: row.old, with: row.new)
        try #require(text != Self.good)
        let error = #expect(throws: ProvisioningError.self) { _ = try template(text) }
        #expect(error?.description.contains(row.reason) == true, "\(error as Any)")
        #expect(error?.exitCode == 78)
    }
}
