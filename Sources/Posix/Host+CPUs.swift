internal import CPosix
internal import Glibc

extension Host {
    /// How many CPUs this process is granted: those that it may run on, or fewer where its cgroup has a quota (rounded
    /// up). Of version 2 (`cpu.max`) or 1 (`cpu.cfs_quota_us`), as a container sees its own.
    ///
    /// - Parameter root: Where the cgroup file systems are mounted.
    package static func grantedCPUs(cgroups root: String = "/sys/fs/cgroup") -> Int {
        let allowed = Int(posix_cpu_count())
        let numbers =
            words("\(root)/cpu.max") + words("\(root)/cpu/cpu.cfs_quota_us") + words("\(root)/cpu/cpu.cfs_period_us")
        guard numbers.count >= 2, let quota = Int(numbers[0]), let period = Int(numbers[1]), quota > 0, period > 0
        else {
            return max(1, allowed)
        }
        return max(1, min(allowed, (quota + period - 1) / period))
    }

    private static func words(_ path: String) -> [Substring] {
        guard let bytes = try? FileSystem.readIfPresent(path, limit: 256) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    }
}
