import Foundation

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
        _ arguments: [String], input: String = "", environment: [String: String] = [:], in folder: Folder? = nil
    ) throws -> Outcome {
        let files = try Folder()
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

/// A folder that goes with its owner.
final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "imageswap-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    static func / (folder: Folder, name: String) -> URL { folder.url.appending(path: name) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = self / name
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file.path
    }

    func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: self / name), as: UTF8.self) }
}
