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

    /// The most connections the kernel lets wait on one listener; nil if it does not tell. C: open, read of
    /// /proc/sys/net/core/somaxconn.
    package static func backlogLimit() -> Int? {
        guard
            let number = try? retryOnInterrupt({ unsafe open("/proc/sys/net/core/somaxconn", O_RDONLY | O_CLOEXEC) }),
            let bytes = try? Descriptor(owning: number).read(atMost: 32)
        else { return nil }
        return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    /// A group's number, by its name or the number itself; nil where there is none of that name. C: getgrnam_r.
    package static func group(_ name: String) -> UInt32? {
        if let number = UInt32(name) { return number }
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>? = nil
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        let code = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found)
        let isFound = unsafe code == 0 && found != nil
        return isFound ? unsafe entry.gr_gid : nil
    }
}
