// What stops imageswap-init, as an operator reads it.

package import Certificates
package import Kubernetes
package import Posix

/// Why a step could not be taken; one line, and the exit code that it makes where nothing else can go on.
package enum ProvisioningError: Error, CustomStringConvertible {
    /// What users set, mounted or stored: what it is and what would be right.
    case configuration(String)
    /// A pair or a bundle that cannot be used.
    case certificate(CertificateError)
    case kubernetes(KubernetesError)
    /// What was being done to a file.
    case file(String, path: String, Errno)
    /// Someone else did not do their part in time.
    case unanswered(String)

    package var description: String {
        switch self {
        case .configuration(let text), .unanswered(let text): text
        case .certificate(let error): error.description
        case .kubernetes(let error): error.description
        case .file(let action, let path, let error): "\(path): cannot \(action): \(error)"
        }
    }

    /// Of sysexits.h: EX_UNAVAILABLE 69, EX_CANTCREAT 73, EX_NOPERM 77, EX_CONFIG 78.
    package var exitCode: Int32 {
        switch self {
        case .configuration, .certificate: 78
        case .kubernetes(let error): error.exitCode
        case .file: 73
        case .unanswered: 69
        }
    }
}

/// Runs what may throw an error of the certificates as a step here.
func certificates<Result: ~Copyable>(
    _ body: () throws(CertificateError) -> Result
) throws(ProvisioningError) -> Result {
    do { return try body() } catch { throw .certificate(error) }
}

/// Runs calls of the API server as a step here.
func kubernetes<Result>(_ body: () throws(KubernetesError) -> Result) throws(ProvisioningError) -> Result {
    do { return try body() } catch { throw .kubernetes(error) }
}
