// What went wrong with a key or a certificate, and where.

package import Posix

private import COpenSSL

/// What was being done, where, and why it failed.
package struct CertificateError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Why it failed.
    package enum Cause: Equatable, Sendable {
        /// OpenSSL's error queue, the first error first.
        case openSSL([String])
        /// A system call.
        case system(Errno)
        /// What was read is not what was asked for.
        case content(String)
    }

    /// What was being done, as it follows "cannot": "read the certificate".
    package let action: String
    /// The file; nil as long as no file is known.
    package let path: String?
    package let cause: Cause

    package init(_ action: String, path: String? = nil, _ cause: Cause) {
        self.action = action
        self.path = path
        self.cause = cause
    }

    /// The same error with the file that it was met in.
    package func at(_ path: String) -> CertificateError {
        CertificateError(action, path: path, cause)
    }

    /// One line, as in "run/ca.crt: cannot read the certificate: no PEM".
    package var description: String {
        let place = path.map { "\($0): " } ?? ""
        return "\(place)cannot \(action): \(cause)"
    }
}

extension CertificateError.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .openSSL(let errors): errors.isEmpty ? "OpenSSL gave no reason" : errors.joined(separator: "; ")
        case .system(let errno): errno.description
        case .content(let text): text
        }
    }

    /// What stands in this thread's OpenSSL error queue, which is empty afterwards: ERR_get_error_all(3).
    static var openSSLQueue: CertificateError.Cause {
        var errors: [String] = []
        while true {
            var data: UnsafePointer<CChar>?
            var flags: Int32 = 0
            let code = unsafe ERR_get_error_all(nil, nil, nil, &data, &flags)
            if code == 0 { return .openSSL(errors) }
            var parts = unsafe [ERR_lib_error_string(code), ERR_reason_error_string(code)]
                .compactMap { unsafe $0 }.map { unsafe String(cString: $0) }
            if parts.isEmpty { parts = ["error \(code)"] }
            if flags & ERR_TXT_STRING != 0, let data = unsafe data { unsafe parts.append(String(cString: data)) }
            errors.append(parts.filter { !$0.isEmpty }.joined(separator: ": "))
        }
    }
}
