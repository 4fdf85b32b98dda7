// The webhook configuration as users write it: YAML with a place for the bundle.

package import Certificates
import FoundationEssentials
import YAML

/// A MutatingWebhookConfiguration in YAML in which `$CA_BUNDLE` stands for the bundle. The text is sent as it is, with
/// the bundle and the version that was read put in.
package struct WebhookTemplate: Sendable {
    /// `metadata.name`
    package let name: String
    /// The names of its webhooks: ours in the configuration.
    package let webhooks: Set<String>
    private let text: [UInt8]
    /// Where `resourceVersion` goes: before the first key of `metadata`.
    private let versionPlace: YAMLMark
    private let isFlow: Bool

    private static let placeholder = Array("$CA_BUNDLE".utf8)

    /// Reads a template, with its file's name for the errors. `identity` is who the certificates are for.
    package init(_ text: [UInt8], path: String, identity: ServiceIdentity) throws(ProvisioningError) {
        func refused(_ node: YAMLNode?, _ reason: String) -> ProvisioningError {
            .configuration("\(path):\(node.map { "\($0.start): " } ?? " ")\(reason)")
        }
        let root: YAMLNode?
        do {
            root = try YAMLNode(document: text)
        } catch {
            throw .configuration("\(path):\(error)")
        }
        guard let root, root["apiVersion"]?.string == "admissionregistration.k8s.io/v1",
            root["kind"]?.string == "MutatingWebhookConfiguration"
        else { throw refused(root, "must be an admissionregistration.k8s.io/v1 MutatingWebhookConfiguration") }
        guard let metadata = root["metadata"], case .mapping(let pairs, let isFlow) = metadata.content,
            let first = pairs.first, let name = metadata["name"]?.string
        else { throw refused(root["metadata"] ?? root, "metadata.name is missing") }
        if let version = metadata["resourceVersion"] {
            throw refused(version, "metadata.resourceVersion must not be there: it is put in at each look")
        }
        guard let webhooks = root["webhooks"]?.elements, !webhooks.isEmpty else {
            throw refused(root["webhooks"] ?? root, "webhooks is empty: there is nothing to register")
        }
        var names: Set<String> = []
        for webhook in webhooks {
            guard let name = webhook["name"]?.string else { throw refused(webhook, "a webhook has no name") }
            guard names.insert(name).inserted else { throw refused(webhook["name"], "\(name) is there twice") }
            let client = webhook["clientConfig"]
            guard let bundle = client?["caBundle"]?.string, bundle == String(decoding: Self.placeholder, as: UTF8.self)
            else {
                throw refused(client?["caBundle"] ?? client ?? webhook, "clientConfig.caBundle must be $CA_BUNDLE")
            }
            if let service = client?["service"] {
                let host = "\(service["name"]?.string ?? "").\(service["namespace"]?.string ?? "").svc"
                guard identity.names.contains(where: { $0.text == host }) else {
                    throw refused(
                        service,
                        "the API server would ask for \(host), but certificates are made for \(identity.serverName):"
                            + " set --service and --namespace, or mend the template")
                }
            }
        }
        self.name = name
        self.webhooks = names
        self.text = text
        self.isFlow = isFlow
        versionPlace = first.key.start
    }

    /// The text to apply. `version`: the one that was read; nil: there was none.
    package func text(bundle: CertificateBundle, version: String?) -> String {
        var filled: [UInt8] = []
        var rest = text[...]
        func take(_ count: Int) -> ArraySlice<UInt8> {
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        if let version {
            filled += take(versionPlace.index)
            let indent = String(repeating: " ", count: versionPlace.column - 1)
            filled += Array(
                (isFlow ? "resourceVersion: \"\(version)\", " : "resourceVersion: \"\(version)\"\n\(indent)").utf8)
        }
        let base64 = Array(Data(bundle.pem).base64EncodedString().utf8)
        while let place = rest.firstRange(of: Self.placeholder) {
            filled += rest[..<place.lowerBound]
            filled += base64
            rest = rest[place.upperBound...]
        }
        filled += rest
        return String(decoding: filled, as: UTF8.self)
    }
}
