private import Foundation
private import Glibc
private import Posix

/// A program that a test runs, ended with its owner.
package final class Daemon: Sendable {
    package let process: Int32
    /// Its number may be another's then.
    private let isReaped = Monitor(false)

    /// The folder of the programs that were built with these tests.
    package static let built = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path

    /// - Parameter log: the file that gets its standard output and standard error.
    package init(_ program: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws {
        let file = try Descriptor.create(log, mode: 0o600)
        let null = try Descriptor.open("/dev/null")
        process = try ChildProcess.start(
            program, [program] + arguments,
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 },
            descriptors: [null.rawValue, file.rawValue, file.rawValue])
    }

    deinit {
        if exitCode(within: 0) == nil, !isReaped.withLock({ $0 }) {
            kill(process, SIGKILL)
            _ = exitCode(within: 10)
        }
    }

    /// Its exit code (128 and more: a signal), once; nil where it still runs after the time.
    package func exitCode(within seconds: Double) -> Int32? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        var status: Int32 = 0
        repeat {
            if unsafe waitpid(process, &status, WNOHANG) == process {
                isReaped.withLock { $0 = true }
                return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
            }
            Glibc.usleep(2000)
        } while Date() < deadline
        return nil
    }

    /// Runs a program to its end; throws what it wrote where that is a failure.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], log: String
    ) throws {
        let daemon = try Daemon(program, arguments, environment: environment, log: log)
        guard daemon.exitCode(within: 60) == 0 else {
            throw Failure(text: "\(program): \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
        }
    }

    package struct Failure: Error {
        package let text: String
    }
}

/// A port of the loopback address that nobody listens on just now.
package func freePort() throws -> Int {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let owner = Descriptor(owning: number)
    return try bindLoopback(owner.rawValue)
}

/// Binds to 127.0.0.1 and a port of the kernel's choice; the port.
func bindLoopback(_ number: Int32) throws -> Int {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            guard unsafe bind(number, $0, length) == 0 else { return Int32(-1) }
            return unsafe getsockname(number, $0, &length)
        }
    }
    guard code == 0 else { throw Errno.current }
    return Int(UInt16(bigEndian: address.sin_port))
}

package func eventually(within seconds: Double = 20, _ holds: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
        if try holds() { return true }
        Glibc.usleep(10_000)
    }
    return false
}
