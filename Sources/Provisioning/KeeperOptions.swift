// What users set for imageswap-init run.

import Certificates

/// Where pairs come from, and what that needs: IMAGESWAP_TLS_SOURCE.
package enum SourceOptions: Sendable, Equatable {
    /// `authorityLifetime` in seconds.
    case selfSigned(secret: String, authorityLifetime: Int64)
    case csr(signerName: String, podName: String)
    case provided(directory: String, names: ProvidedNames)

    /// As IMAGESWAP_TLS_SOURCE names it.
    package var name: String {
        switch self {
        case .selfSigned: "self-signed"
        case .csr: "csr"
        case .provided: "provided"
        }
    }
}

/// What is kept of the webhook configuration.
package enum RegistrationOptions: Sendable, Equatable {
    /// All of it, by a template file.
    case template(path: String)
    /// Only the `caBundle` of one that others keep.
    case authoritiesOnly(name: String)
    /// Nothing: IMAGESWAP_DISABLE_AUTO_MWC.
    case none
}

/// All that a keeper is told. Times are in seconds.
package struct KeeperOptions: Sendable {
    package var source: SourceOptions
    package var identity: ServiceIdentity
    package var registration: RegistrationOptions
    package var tlsDirectory = "/tls"
    /// Where a copy without the key goes; nil: nowhere.
    package var publicDirectory: String?
    package var metricsFile: String?
    package var certificateLifetime: Int64 = 90 * 86400
    package var overlap: Int64 = 600
    package var interval: Int64 = 3600
    /// Where the webhook has to answer before it is registered; nil: not asked.
    package var readyURL: String?

    /// The longest pause while a change is under way.
    package static let intervalOfChange: Int64 = 60

    package init(source: SourceOptions, identity: ServiceIdentity, registration: RegistrationOptions) {
        self.source = source
        self.identity = identity
        self.registration = registration
    }

    /// How long the next look lets wait at most.
    func longestPause(isChanging: Bool) -> Int64 {
        isChanging ? min(interval, Self.intervalOfChange) : interval
    }

    /// How long to wait for the next look. Each pod's is a little different, so that they do not all come at once.
    package func pause(isChanging: Bool) -> Int64 {
        let longest = longestPause(isChanging: isChanging)
        return max(1, longest - Int64.random(in: 0...longest / 10))
    }
}
