import Foundation
import TestSupport

/// Runs the `imageswap` that was built with these tests.
struct Command {
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String
    }

    static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "imageswap")
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Both outputs go to files, so that no length of one keeps the program from writing the other.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        in folder: TemporaryFolder? = nil
    ) throws -> Outcome {
        let files = try TemporaryFolder()
        let names = ["input", "output", "errors"]
        try input.write(to: files / "input", atomically: false, encoding: .utf8)
        for name in names.dropFirst() { _ = FileManager.default.createFile(atPath: (files / name).path, contents: nil) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }
        if let folder { process.currentDirectoryURL = folder.url }
        process.standardInput = try FileHandle(forReadingFrom: files / "input")
        process.standardOutput = try FileHandle(forWritingTo: files / "output")
        process.standardError = try FileHandle(forWritingTo: files / "errors")
        try process.run()
        process.waitUntilExit()
        let texts = try names.map { String(decoding: try Data(contentsOf: files / $0), as: UTF8.self) }
        return Outcome(code: process.terminationStatus, output: texts[1], errors: texts[2])
    }
}
