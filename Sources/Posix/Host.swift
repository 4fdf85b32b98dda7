internal import Glibc

/// The machine this process runs on.
package enum Host {
    /// Its name; in a pod, the pod's. C: gethostname.
    package static func name() throws(Errno) -> String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { throw .current }
        let end = bytes.firstIndex(of: 0) ?? bytes.count
        return String(decoding: bytes[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
