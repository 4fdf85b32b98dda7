import Foundation
import RegistryServers
import TestSupport
import Testing

/// The blocks of docs/cli.md whose commands ask a registry, ``` without a name: what they show is what the commands print.
///
/// In the folder Tests/Documentation, with a real registry for reg.example.com. The other blocks are those of
/// scripts/docs-cli, which has none. With RECORD_SNAPSHOTS=1 the file is written instead.
struct RegistryDocumentationTests {
    private static let file = Command.repository.appending(path: "docs/cli.md")
    /// As long as 127.0.0.1 and a port of five digits, so that columns are as wide.
    private static let name = "reg.example.com"

    @Test func whatTheManualShowsOfRegistriesIsWhatTheCommandsPrint() throws {
        let registry = try RealRegistry()
        try #require(registry.host.count == Self.name.count)
        try registry.push("dockerhub/nginx:1.27", platforms: ["linux/amd64", "linux/arm64"], note: "nginx")
        try registry.push("old/nginx/exporter:1.1", note: "exporter")
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: Command.repository.appending(path: "Tests/Documentation"), to: folder / "examples")
        for name in try FileManager.default.subpathsOfDirectory(atPath: (folder / "examples").path)
        where name.hasSuffix(".conf") {
            let text = try folder.read("examples/\(name)")
            try folder.write(text.replacing(Self.name, with: registry.host), to: "examples/\(name)")
        }
        // The registry has no TLS here, which the manual need not know.
        try folder.write(
            """
            #!/bin/sh
            case " $* " in *" --verify "* | *" --missing "*) set -- "$@" --plain-http \(registry.host) ;; esac
            exec \(Command.program.path) "$@"
            """, to: "bin/imageswap")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: (folder / "bin/imageswap").path)

        let text = try String(contentsOf: Self.file, encoding: .utf8)
        var lines: [String] = []
        var commands = 0
        var block: String?
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                block = block == nil ? line : nil
            } else if block == "```" {
                guard line.hasPrefix("$ ") else { continue }
                lines.append(line)
                lines += try Self.output(of: String(line.dropFirst(2)), in: folder).replacing(
                    registry.host, with: Self.name
                ).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
                commands += 1
                continue
            }
            lines.append(line)
        }
        #expect(commands > 3)
        let filled = lines.joined(separator: "\n")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try filled.write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            let written = text.components(separatedBy: "\n")
            let difference = zip(lines, written).first { $0 != $1 }
            #expect(difference == nil && lines.count == written.count)
        }
    }

    /// What a reader would see: both outputs, and the exit code where it is not 0.
    private static func output(of command: String, in folder: TemporaryFolder) throws -> String {
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "exec 2>&1; " + command]
        shell.currentDirectoryURL = folder / "examples"
        shell.environment = ["PATH": "\((folder / "bin").path):/usr/bin:/bin", "HOME": folder.path, "NO_COLOR": "1"]
        shell.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        shell.standardOutput = pipe
        try shell.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        return output + (shell.terminationStatus == 0 ? "" : "(exit code \(shell.terminationStatus))\n")
    }
}
