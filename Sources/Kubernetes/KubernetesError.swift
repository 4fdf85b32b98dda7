// What can go wrong between us and the API server.

/// A call of the API that did not end well.
package struct KubernetesError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was asked, in RBAC's words.
    package struct Call: Equatable, Sendable {
        /// `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`.
        package let verb: String
        /// With its subresource, as `certificatesigningrequests/approval`.
        package let resource: String
        /// Nil for a list and for a create whose name the server chooses.
        package let name: String?
        /// Nil for what has no namespace.
        package let namespace: String?

        package init(_ verb: String, _ resource: String, _ name: String?, namespace: String? = nil) {
            self.verb = verb
            self.resource = resource
            self.name = name
            self.namespace = namespace
        }
    }

    package enum Cause: Equatable, Sendable {
        /// No whole answer, or only 429 or 5xx, for as long as was tried.
        case unreachable(String)
        /// 401
        case unauthorized(String)
        /// 403
        case forbidden(String)
        /// 404
        case notFound(String)
        /// 409, the thing is there already.
        case alreadyExists(String)
        /// 409 of any other reason: mostly that someone else changed the thing since it was read.
        case conflict(String)
        /// 410: the version that was asked for is too old, or the rest of a list is not kept any more.
        case expired(String)
        /// Any other status.
        case refused(status: Int, reason: String, message: String)
        /// An answer that is not what the API promises.
        case unreadable(String)
        /// The connection's own settings: a token file, a kubeconfig.
        case configuration(String)
    }

    package let call: Call?
    package let cause: Cause

    package init(_ call: Call?, _ cause: Cause) {
        self.call = call
        self.cause = cause
    }

    /// Whether it was 409, of either kind: what was read is old, read again.
    package var isConflict: Bool {
        switch cause {
        case .conflict, .alreadyExists: true
        default: false
        }
    }

    package var isForbidden: Bool {
        if case .forbidden = cause { true } else { false }
    }

    package var isNotFound: Bool {
        if case .notFound = cause { true } else { false }
    }

    package var isExpired: Bool {
        if case .expired = cause { true } else { false }
    }

    package var isUnreachable: Bool {
        if case .unreachable = cause { true } else { false }
    }

    /// As sysexits.h has them: EX_UNAVAILABLE, EX_NOPERM, EX_CONFIG.
    package var exitCode: Int32 {
        switch cause {
        case .unreachable, .expired: 69
        case .unauthorized, .forbidden: 77
        default: 78
        }
    }

    /// One line, in which nothing is unprintable.
    package var description: String {
        let text =
            switch cause {
            case .unreachable(let what): "API server out of reach: \(what)"
            case .unauthorized(let message): "the API server does not know these credentials (401): \(message)"
            case .forbidden(let message): "forbidden (403): \(message)\(missingRight)"
            case .notFound(let message): "not found (404): \(message)"
            case .alreadyExists(let message): "is there already (409): \(message)"
            case .conflict(let message): "changed meanwhile (409): \(message)"
            case .expired(let message): "too old (410): \(message)"
            case .refused(let status, let reason, let message):
                "refused (\(status)\(reason.isEmpty ? "" : " \(reason)")): \(message)"
            case .unreadable(let what): "unreadable answer: \(what)"
            case .configuration(let what): what
            }
        return printable(call.map { "cannot \($0): \(text)" } ?? text)
    }

    /// What a Role has to grant, where it was RBAC that refused. Quotas and other policies answer 403 too.
    private var missingRight: String {
        // Who applies what is missing needs the right to create it, too.
        guard let call, case .forbidden(let message) = cause,
            let verb = [call.verb, "create"].first(where: { message.contains(" cannot \($0) resource ") })
        else { return "" }
        return "; RBAC must grant the verb \(verb) on \(call.resource)"
    }
}

extension KubernetesError.Call: CustomStringConvertible {
    /// `patch secrets "imageswap-ca" in namespace "imageswap"`
    package var description: String {
        var text = "\(verb) \(resource)"
        if let name { text += " \"\(name)\"" }
        if let namespace { text += " in namespace \"\(namespace)\"" }
        return text
    }
}

/// The text with its control characters, and those that change how what follows is shown, escaped.
package func printable(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown
}
