import Foundation
import TestSupport

/// A program that was started by a test, and what it wrote.
final class Program: @unchecked Sendable {
    // Process is used from the test's own thread only; what the program writes goes to a file.
    private let process = Process()
    private let log: URL

    /// The folder of the programs that were built with these tests.
    static let built = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    /// Starts a program: one that was built here by its name, or any other by its path.
    init(_ name: String, _ arguments: [String], environment: [String: String] = [:], log: URL) throws {
        self.log = log
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = name.contains("/") ? URL(filePath: name) : Self.built.appending(path: name)
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { own, _ in own }
        process.standardOutput = output
        process.standardError = output
        // It inherits the thread's mask, and Swift's own threads block SIGTERM and SIGINT.
        var (none, own) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &own)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &own, nil) }
        try process.run()
    }

    deinit { end() }

    var processIdentifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// All that it has written, to both outputs.
    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end, and gives its exit code; nil where it was still running after the time.
    func exitCode(within seconds: Double = 20) -> Int32? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.002) }
        return process.isRunning ? nil : process.terminationStatus
    }

    /// Ends it, by force where it must be.
    func end() {
        guard process.isRunning else { return }
        process.terminate()
        if exitCode(within: 5) == nil { kill(process.processIdentifier, SIGKILL) }
    }

    /// Runs a program to its end: its exit code and all that it wrote.
    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (code: Int32?, output: String) {
        let folder = try TemporaryFolder()
        let program = try Program(name, arguments, environment: environment, log: folder / "log")
        return (program.exitCode(), program.output)
    }
}

/// Waits until something holds; false where it did not for so long.
func eventually(within seconds: Double = 20, _ holds: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
        if try holds() { return true }
        Thread.sleep(forTimeInterval: 0.01)
    }
    return false
}
