// Why a directory with local certificates could not be brought up to date.

/// What stopped an update of local certificates.
package enum LocalFailure: Error, Equatable, Sendable {
    /// Something could not be made or written.
    case output(CertificateError)
    /// A file that is there cannot be read, or holds something else; nothing was written.
    case existing(CertificateError, directory: String)

    /// The exit code of sysexits.h: EX_CANTCREAT or EX_CONFIG.
    package var exitCode: Int32 {
        switch self {
        case .output: 73
        case .existing: 78
        }
    }
}

extension LocalFailure: CustomStringConvertible {
    /// One line.
    package var description: String {
        switch self {
        case .output(let error): "\(error)"
        case .existing(let error, let directory): "\(error); deleting \(directory) makes everything in it anew"
        }
    }
}
