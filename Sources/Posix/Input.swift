internal import Glibc

/// An open descriptor that belongs to others, to read from: never closed.
package struct Input: Sendable {
    /// Descriptor 0.
    package static let standard = Input(descriptor: 0)

    package let descriptor: Int32

    private static let readSize = 64 * 1024

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// All bytes up to the end. Throws EFBIG if there are more than `limit`. C: read.
    package func readAll(limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.readSize)
        while true {
            let number = descriptor
            let got = unsafe buffer.withUnsafeMutableBytes { buffer in
                Result { () throws(Errno) in
                    try retryOnInterrupt { unsafe Glibc.read(number, buffer.baseAddress, buffer.count) }
                }
            }
            let count = try got.get()
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            if bytes.count > limit { throw Errno(rawValue: EFBIG) }
        }
    }

    /// Whether a person types there. C: isatty.
    package var isTerminal: Bool { isatty(descriptor) == 1 }
}
