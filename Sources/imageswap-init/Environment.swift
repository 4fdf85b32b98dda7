// What users set by environment variables, some of which the original has too.

import ImageSwap
import Posix
import Provisioning

/// The variables of `imageswap-init run`. One that is empty counts as not set.
struct Environment {
    private let variables = [String: String].current.filter { !$0.value.isEmpty }

    /// Seconds: a third of the CA's life must be longer than a serving certificate's.
    private static let authorityLifetime: Int64 = 5 * 365 * 86400

    func source(providedDir: String) throws(ProvisioningError) -> SourceOptions {
        let source = variables["IMAGESWAP_TLS_SOURCE"] ?? "self-signed"
        switch source.lowercased() {
        case "self-signed":
            return .selfSigned(
                secret: authoritySecret,
                authorityLifetime: try lifetime("IMAGESWAP_CA_LIFETIME", or: Self.authorityLifetime))
        case "csr":
            return .csr(
                signerName: variables["IMAGESWAP_CSR_SIGNER_NAME"] ?? "kubernetes.io/kubelet-serving",
                podName: variables["IMAGESWAP_POD_NAME"] ?? variables["HOSTNAME"] ?? "imageswap")
        case "provided":
            return .provided(directory: providedDir, names: providedNames())
        default:
            throw .configuration(
                "IMAGESWAP_TLS_SOURCE is \(source.debugDescription): it must be self-signed, csr or provided")
        }
    }

    /// The names of files that others provide: those set, instead of the standard ones or, if asked for, after them.
    func providedNames(afterStandard: Bool = false) -> ProvidedNames {
        func names(_ variable: String, _ standard: [String]) -> [String] {
            guard let name = variables[variable] else { return standard }
            return afterStandard ? standard + [name] : [name]
        }
        var provided = ProvidedNames()
        provided.certificate = names("IMAGESWAP_TLS_CERT_NAME", provided.certificate)
        provided.key = names("IMAGESWAP_TLS_KEY_NAME", provided.key)
        provided.authority = names("IMAGESWAP_TLS_CA_NAME", provided.authority)
        return provided
    }

    /// Whether the webhook configuration is ours to keep.
    func registers() throws(ProvisioningError) -> Bool {
        guard let text = variables["IMAGESWAP_DISABLE_AUTO_MWC"] else { return true }
        switch text.lowercased() {
        case "true", "1", "yes": return false
        case "false", "0", "no": return true
        default:
            throw .configuration(
                "IMAGESWAP_DISABLE_AUTO_MWC is \(text.debugDescription): it must be true or false")
        }
    }

    /// Seconds.
    func certificateLifetime() throws(ProvisioningError) -> Int64 {
        try lifetime("IMAGESWAP_CERT_LIFETIME", or: 90 * 86400)
    }

    /// The name of the CA's Secret.
    var authoritySecret: String { variables["IMAGESWAP_CA_SECRET"] ?? "imageswap-ca" }

    /// The names of pull secrets, each once: those of options, else of IMAGESWAP_PULL_SECRETS. Commas part them too.
    func pullSecrets(_ options: [String], mayBeNone: Bool = false) throws(ProvisioningError) -> [String] {
        let texts = options.isEmpty ? [variables["IMAGESWAP_PULL_SECRETS"] ?? ""] : options
        var names: [String] = []
        for name in texts.flatMap({ $0.split { $0 == "," || $0.isWhitespace } }).map(String.init) {
            guard MapFile.PullSecret.isName(Array(name.utf8)[...]) else {
                throw .configuration("\(name.debugDescription) is no name of a Secret")
            }
            if !names.contains(name) { names.append(name) }
        }
        guard mayBeNone || !names.isEmpty else {
            throw .configuration("no pull secret is named: set --secret or IMAGESWAP_PULL_SECRETS")
        }
        guard names.count <= PullSecretOptions.namesLimit else {
            throw .configuration(
                "\(names.count) pull secrets are named; at most \(PullSecretOptions.namesLimit) may be")
        }
        return names
    }

    var namespace: String? { variables["IMAGESWAP_NAMESPACE_NAME"] }

    private func lifetime(_ name: String, or standard: Int64) throws(ProvisioningError) -> Int64 {
        guard let text = variables[name] else { return standard }
        guard let span = TimeSpan(text, unit: "d") else {
            throw .configuration("\(name) is \(text.debugDescription): it must be a time, such as 90d or 36h")
        }
        return span.seconds
    }
}
