// The command `imageswap-init local`, really run: its exit codes and what it prints.

import Foundation
import Testing

@Suite struct InitLocalTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "imageswap-\(UUID().uuidString)").path

    @Test func theFirstRunWritesFourFilesAndTheSecondKeepsThem() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let command = ["local", "--out", directory, "--name", "localhost", "127.0.0.1", "--name", "::1"]
        let first = try InitProgram(command)
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            first.output.split(separator: "\n").map { $0.prefix { $0 != "," } }
                == ["ca.key", "ca.crt", "tls.key", "tls.crt"].map { "wrote \(directory)/\($0)" })
        let second = try InitProgram(command)
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.output.hasPrefix("kept \(directory): good for localhost, 127.0.0.1, ::1 until "))
        #expect(second.output.split(separator: "\n").count == 1)
        #expect(first.errors + second.errors == "")
    }

    @Test(arguments: [
        (["--name"], "Missing value for '--name <host>'"),
        (["--name", ""], "The value '' is invalid for '--name <host>': it is empty."),
        (["--name", "a..b"], "The value 'a..b' is invalid for '--name <host>': a label is empty."),
        ([], "Missing expected argument '--name <host> ...'"),
        (["--name", "a", "--days", "0"], "--days must be between 1 and 3650."),
        (["--name", "a", "--days", "3651"], "--days must be between 1 and 3650."),
        (["--name", "a", "--out", ""], "--out is empty."),
    ])
    func wrongOptionsEndWith64AndWriteNothing(options: [String], message: String) throws {
        let result = try InitProgram(["local", "--out", directory] + options)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("Error: \(message)\n"), "\(result.errors)")
        #expect(result.output == "")
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test func aDirectoryThatCannotBeMadeEndsWith73AndOneLine() throws {
        let result = try InitProgram(["local", "--out", "/dev/null/below", "--name", "localhost"])
        #expect(result.status == 73)
        #expect(result.errors == "Error: /dev/null/below: cannot make the directory: Not a directory (ENOTDIR)\n")
    }

    @Test func aBrokenFileEndsWith78AndOneLine() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try "rubbish".write(toFile: "\(directory)/ca.crt", atomically: false, encoding: .utf8)
        let result = try InitProgram(["local", "--out", directory, "--name", "localhost"])
        #expect(result.status == 78)
        #expect(result.errors.hasPrefix("Error: \(directory)/ca.crt: cannot read the certificate: no PEM: "))
        #expect(result.errors.split(separator: "\n").count == 1)
    }
}
