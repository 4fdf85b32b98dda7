internal import Glibc

/// Descriptor 2. What cannot be written there is lost: there is nowhere to say so.
package enum StandardError {
    /// Writes all bytes: write(2), again where it took a part.
    package static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
            let error = Errno.current
            guard written > 0 || error == .interrupted else { return }
            rest = rest.dropFirst(max(0, written))
        }
    }
}
