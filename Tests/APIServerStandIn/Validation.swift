import Foundation

/// What a server makes of an object before it stores it.
enum Validation {
    private static let usages = [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
        "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel",
        "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
        "server auth", "signing", "timestamping",
    ]

    /// Says what is wrong with an object.
    static func check(_ object: JSONValue, _ resource: APIResource, over old: JSONValue?) throws(APIAnswer) {
        let name = object["metadata"]?["name"]?.string ?? ""
        var flaws: [(field: String, text: String)] = []
        if name.isEmpty {
            flaws.append(("metadata.name", "Required value: name or generateName is required"))
        } else if resource != .certificateSigningRequests, name.wholeMatch(of: /[a-z0-9]([-a-z0-9.]*[a-z0-9])?/) == nil
        {
            flaws.append(
                (
                    "metadata.name",
                    "Invalid value: \"\(name)\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                        + " characters, '-' or '.', and must start and end with an alphanumeric character (e.g."
                        + " 'example.com', regex used for validation is"
                        + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
                ))
        }
        switch resource {
        case .secrets:
            if let old, old["type"] != object["type"] {
                flaws.append(("type", "Invalid value: \"\(object["type"]?.string ?? "")\": field is immutable"))
            }
            if object["type"] == "kubernetes.io/tls" {
                for key in ["tls.crt", "tls.key"] where object["data"]?[key] == nil {
                    flaws.append(("data[\(key)]", "Required value"))
                }
            }
            if object["type"] == "kubernetes.io/dockerconfigjson", object["data"]?[".dockerconfigjson"] == nil {
                flaws.append(("data[.dockerconfigjson]", "Required value"))
            }
            let account = "kubernetes.io/service-account.name"
            if object["type"] == "kubernetes.io/service-account-token",
                (object["metadata"]?["annotations"]?[account]?.string ?? "").isEmpty
            {
                flaws.append(("metadata.annotations[\(account)]", "Required value"))
            }
            if old?["immutable"] == true, old?["data"] != object["data"] {
                flaws.append(("data", "Forbidden: field is immutable when `immutable` is set"))
            }
        case .namespaces, .configMaps, .admissionPolicies, .admissionPolicyBindings, .selfSubjectReviews: break
        case .webhookConfigurations: flaws += webhookFlaws(object)
        case .certificateSigningRequests: if old == nil { flaws += requestFlaws(object) }
        }
        guard flaws.isEmpty else { throw .invalid(resource, name, flaws) }
    }

    private static func webhookFlaws(_ object: JSONValue) -> [(field: String, text: String)] {
        var flaws: [(field: String, text: String)] = []
        for (index, webhook) in (object["webhooks"]?.array ?? []).enumerated() {
            let field = "webhooks[\(index)]"
            let name = webhook["name"]?.string ?? ""
            if name.split(separator: ".").count < 3 {
                flaws.append(
                    (
                        "\(field).name",
                        "Invalid value: \"\(name)\": should be a domain with at least three segments separated by dots"
                    ))
            }
            if (webhook["admissionReviewVersions"]?.array ?? []).isEmpty {
                flaws.append(
                    ("\(field).admissionReviewVersions", "Required value: must specify one of v1, v1beta1"))
            }
            if webhook["sideEffects"] == nil {
                flaws.append(
                    ("\(field).sideEffects", "Required value: must specify one of None, NoneOnDryRun"))
            }
            if (webhook["clientConfig"]?["url"] == nil) == (webhook["clientConfig"]?["service"] == nil) {
                flaws.append(("\(field).clientConfig", "Required value: exactly one of url or service is required"))
            }
        }
        return flaws
    }

    private static func requestFlaws(_ object: JSONValue) -> [(field: String, text: String)] {
        var flaws: [(field: String, text: String)] = []
        let spec = object["spec"] ?? [:]
        let request = spec.data("request") ?? []
        if SigningRequest(pem: request) == nil {
            let text = Data(request).base64EncodedString()
            flaws.append(
                ("spec.request", "Invalid value: \"\(text)\": PEM block type must be CERTIFICATE REQUEST"))
        }
        let asked = (spec["usages"]?.array ?? []).compactMap(\.string)
        if asked.isEmpty { flaws.append(("spec.usages", "Required value")) }
        for (index, usage) in asked.enumerated() where !usages.contains(usage) {
            let list = usages.map { "\"\($0)\"" }.joined(separator: ", ")
            flaws.append(("spec.usages[\(index)]", "Unsupported value: \"\(usage)\": supported values: \(list)"))
        }
        let signer = spec["signerName"]?.string ?? ""
        if signer.isEmpty {
            flaws.append(("spec.signerName", "Required value"))
        } else if signer == "kubernetes.io/legacy-unknown" {
            flaws.append(
                (
                    "spec.signerName",
                    "Invalid value: \"\(signer)\": the legacy signerName is not allowed via this API version"
                ))
        } else if signer.split(separator: "/").count != 2 || !signer.prefix(while: { $0 != "/" }).contains(".") {
            flaws.append(
                (
                    "spec.signerName",
                    "Invalid value: \"\(signer)\": must be a fully qualified domain and path of the form"
                        + " 'example.com/signer-name'"
                ))
        }
        if let seconds = spec["expirationSeconds"]?.number, seconds < 600 {
            flaws.append(
                (
                    "spec.expirationSeconds",
                    "Invalid value: \(Int(seconds)): may not specify a duration less than 600 seconds (10 minutes)"
                ))
        }
        return flaws
    }
}
