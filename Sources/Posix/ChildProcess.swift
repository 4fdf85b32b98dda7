internal import CPosix
internal import Glibc

/// How a child process ended.
package enum ProcessEnd: Equatable, Sendable, CustomStringConvertible {
    case exit(Int32)
    case signal(Signal)

    package var description: String {
        switch self {
        case .exit(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal.rawValue)"
        }
    }
}

/// Processes started from here.
package enum ChildProcess {
    /// This very program, whatever its name or its file's by now.
    package static let ownProgram = "/proc/self/exe"

    /// Starts a program with no signal blocked and none ignored. C: posix_spawn.
    ///
    /// - Parameters:
    ///   - arguments: With the program's name as the first.
    ///   - environment: `NAME=value` each.
    ///   - descriptors: What the program finds under its numbers 0, 1, 2, …; it gets no others.
    /// - Returns: Its process id.
    package static func start(
        _ program: String, _ arguments: [String], environment: [String: String], descriptors: [Int32]
    ) throws(Errno) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // First out of the way of the numbers that are given away, so that none is overwritten before it is copied.
        let count = Int32(descriptors.count)
        let copies = Array(zip(descriptors, count + 16..<2 * count + 16)) + zip(count + 16..<2 * count + 16, 0..<count)
        for (descriptor, number) in copies {
            // EBADF where the number is over RLIMIT_NOFILE: left out, the program would take another file for its own.
            try check(unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number))
        }
        try check(unsafe posix_spawn_close_from(&actions, count))

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = environment.map { "\($0.key)=\($0.value)" }
        var process: pid_t = 0
        let code = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(variables) { variables in
                unsafe posix_spawn(&process, program, &actions, &attributes, arguments, variables)
            }
        }
        try check(code)
        return process
    }

    /// What posix_spawn's functions return: an errno, or 0.
    private static func check(_ code: Int32) throws(Errno) {
        if code != 0 { throw Errno(rawValue: code) }
    }

    /// Takes one child that has ended; nil where none has. C: waitpid.
    package static func takeEnded() -> (process: Int32, end: ProcessEnd)? {
        var status: Int32 = 0
        let process = unsafe waitpid(-1, &status, WNOHANG)
        guard process > 0 else { return nil }
        let signal = status & 0x7f
        return (process, signal == 0 ? .exit(status >> 8 & 0xff) : .signal(Signal(rawValue: signal)))
    }

    /// The id of this process. C: getpid.
    package static var own: Int32 { getpid() }

    /// The id of the process that started this one, or of who took it over. C: getppid.
    package static var parent: Int32 { getppid() }

    /// Has a signal sent to this process when its parent ends. C: prctl, PR_SET_PDEATHSIG.
    package static func endWithParent(by signal: Signal) {
        _ = posix_end_with_parent(signal.rawValue)
    }

    /// Ends the process now, whatever its threads are at. C: _exit.
    package static func exit(_ code: Int32) -> Never { _exit(code) }
}

private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var copies = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe copies.withUnsafeMutableBufferPointer { buffer in
        // Never empty, so there is an address: it ends in nil.
        // swift-format-ignore: NeverForceUnwrap
        unsafe body(UnsafePointer(buffer.baseAddress!))
    }
}
