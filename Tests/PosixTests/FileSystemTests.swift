// Files replaced as a whole, directories made, by their path.

import Foundation
import Posix
import Testing

@Suite struct FileSystemTests {
    /// A new directory for one test.
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "imageswap-files-\(UUID().uuidString)").path

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func withDirectory(_ body: () throws -> Void) throws {
        try FileSystem.makeDirectory(directory, mode: 0o755)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body()
    }

    @Test(arguments: [UInt32(0o644), 0o640, 0o600, 0o666])
    func aFileHasExactlyTheModeThatWasAskedFor(mode: UInt32) throws {
        try withDirectory {
            try FileSystem.replace("\(directory)/file", with: [1], mode: mode)
            #expect(try self.mode("\(directory)/file") == Int(mode))
        }
    }

    @Test(arguments: [0, 1, 16 * 1024, 16 * 1024 + 1, 100_000])
    func aFileReadsAsItWasWritten(count: Int) throws {
        try withDirectory {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            try FileSystem.replace("\(directory)/file", with: bytes, mode: 0o600)
            #expect(try FileSystem.readIfPresent("\(directory)/file", limit: count) == bytes)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["file"])
        }
    }

    @Test func aFileThatIsNotThereReadsAsNil() throws {
        try withDirectory {
            let bytes = try FileSystem.readIfPresent("\(directory)/file", limit: 1)
            #expect(bytes == nil)
        }
    }

    @Test func aFileOverTheLimitIsRefused() throws {
        try withDirectory {
            try FileSystem.replace("\(directory)/file", with: [1, 2, 3], mode: 0o600)
            #expect(throws: Errno(rawValue: EFBIG)) {
                try FileSystem.readIfPresent("\(directory)/file", limit: 2)
            }
        }
    }

    @Test func aReaderMeetsTheOldFileOrTheNewOneButNeverAHalf() async throws {
        try FileSystem.makeDirectory(directory, mode: 0o755)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = "\(directory)/file"
        let contents = [UInt8(ascii: "a"), UInt8(ascii: "b")].map { [UInt8](repeating: $0, count: 40_000) }
        try FileSystem.replace(path, with: contents[0], mode: 0o600)
        let writer = Task {
            for round in 0..<200 { try FileSystem.replace(path, with: contents[round % 2], mode: 0o600) }
        }
        for _ in 0..<200 {
            let met = try FileSystem.readIfPresent(path, limit: 40_000)
            #expect(met == contents[0] || met == contents[1])
        }
        try await writer.value
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["file"])
    }

    @Test func aReplacementThatFailsLeavesNothingBehind() throws {
        try withDirectory {
            // A directory with something in it cannot be replaced by a file.
            try FileSystem.makeDirectory("\(directory)/taken", mode: 0o755)
            #expect(throws: Errno(rawValue: EISDIR)) {
                try FileSystem.replace("\(directory)/taken", with: [1], mode: 0o600)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["taken"])
        }
    }

    @Test func aSymbolicLinkIsReplacedAndItsTargetLeftAlone() throws {
        try withDirectory {
            try FileSystem.replace("\(directory)/target", with: [1], mode: 0o600)
            try FileManager.default.createSymbolicLink(
                atPath: "\(directory)/link", withDestinationPath: "\(directory)/target")
            try FileSystem.replace("\(directory)/link", with: [2], mode: 0o600)
            #expect(try FileSystem.readIfPresent("\(directory)/target", limit: 1) == [1])
            #expect(try FileSystem.readIfPresent("\(directory)/link", limit: 1) == [2])
        }
    }

    @Test func aDirectoryIsMadeWithThoseAboveItAndMayBeThereAlready() throws {
        try withDirectory {
            let deep = "\(directory)/one/two/"
            try FileSystem.makeDirectory(deep, mode: 0o755)
            try FileSystem.makeDirectory(deep, mode: 0o700)
            #expect(try mode(deep) == 0o755)
        }
    }

    @Test(arguments: [("file", ENOTDIR), ("file/below", ENOTDIR)])
    func aDirectoryIsNotMadeInPlaceOfAFile(name: String, error: Int32) throws {
        try withDirectory {
            try FileSystem.replace("\(directory)/file", with: [], mode: 0o600)
            #expect(throws: Errno(rawValue: error)) {
                try FileSystem.makeDirectory("\(directory)/\(name)", mode: 0o755)
            }
        }
    }

    @Test func anEmptyPathIsNoDirectory() {
        #expect(throws: Errno(rawValue: ENOENT)) { try FileSystem.makeDirectory("", mode: 0o755) }
    }
}
