import Certificates

/// What becomes of the CertificateSigningRequests for one signer.
package enum Signer: Sendable {
    /// Signs what is approved, so many seconds of the server's time after that, with the cluster's CA. That of
    /// `kubernetes.io/kubelet-serving` fails where kube-controller-manager's would.
    case signs(after: Int64 = 0)
    /// The same with another authority.
    case signsWith(TestAuthority)
    /// Never looks at them, as where the signer does not run.
    case silent
    /// Someone denies them as they come.
    case denies(reason: String, message: String)
    /// Gives up on what is approved.
    case fails(reason: String, message: String)
}

extension Signer {
    /// What the signer makes of a request by now; the same where it does nothing.
    func look(at object: JSONValue, authority: TestAuthority, now: Int64) -> JSONValue {
        var new = object
        var conditions = object["status"]?["conditions"]?.array ?? []
        func holds(_ type: String) -> JSONValue? { conditions.first { $0["type"]?.string == type } }
        guard object["status"]?["certificate"] == nil, holds("Failed") == nil, holds("Denied") == nil else {
            return object
        }
        func add(_ type: String, _ reason: String, _ message: String) {
            conditions.append(Self.condition(type, reason: reason, message: message, now: now))
            new["status"] = new["status"] ?? [:]
            new["status"]?["conditions"] = .array(conditions)
        }

        var signing = authority
        if case .denies(let reason, let message) = self {
            add("Denied", reason, message)
            return new
        }
        guard let approved = holds("Approved") else { return object }
        switch self {
        case .silent, .denies: return object
        case .fails(let reason, let message):
            add("Failed", reason, message)
            return new
        case .signs(let delay):
            let start = approved["lastUpdateTime"]?.string.flatMap(seconds(ofTimestamp:)) ?? now
            guard now >= start + delay else { return object }
        case .signsWith(let other): signing = other
        }
        let spec = object["spec"]
        let usages = Set((spec?["usages"]?.array ?? []).compactMap(\.string))
        let pem = spec?.data("request") ?? []
        if spec?["signerName"] == "kubernetes.io/kubelet-serving",
            let flaw = SigningRequest(pem: pem)?.flawForKubeletServing(usages: usages)
        {
            add("Failed", "SignerValidationFailure", flaw)
            return new
        }
        // As kube-controller-manager's --cluster-signing-duration has it where nothing is asked for.
        let life = spec?["expirationSeconds"]?.number.map { Int64($0) } ?? 365 * 86400
        do {
            let certificate = try signing.sign(
                request: pem, usages: usages, validity: Validity(seconds: life, from: now))
            new["status"]?["certificate"] = .base64(certificate)
        } catch {
            add("Failed", "SigningFailure", "\(error)")
        }
        return new
    }

    static func condition(_ type: String, reason: String, message: String, now: Int64) -> JSONValue {
        [
            "type": .string(type), "status": "True", "reason": .string(reason), "message": .string(message),
            "lastUpdateTime": .string(timestamp(now)), "lastTransitionTime": .string(timestamp(now)),
        ]
    }
}
