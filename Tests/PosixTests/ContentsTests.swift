// Bytes that change in a file that stays what it is.

import Foundation
import Posix
import Testing

struct ContentsTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "imageswap-contents-\(UUID().uuidString)").path

    private func withFile(_ body: (String) throws -> Void) throws {
        try FileSystem.makeDirectory(directory, mode: 0o755)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileSystem.replace("\(directory)/file", with: [1, 2, 3], mode: 0o644)
        try body("\(directory)/file")
    }

    @Test(arguments: [0o600, 0o444, 0o2755])
    func theModeStays(mode: Int) throws {
        try withFile { path in
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            try FileSystem.replaceContents(of: path, with: [4])
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
            #expect(try FileSystem.readIfPresent(path, limit: 10) == [4])
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may give files away"))
    func theOwnerStays() throws {
        try withFile { path in
            #expect(unsafe chown(path, 12345, 23456) == 0)
            try FileSystem.replaceContents(of: path, with: [4])
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.ownerAccountID] as? Int == 12345)
            #expect(attributes[.groupOwnerAccountID] as? Int == 23456)
        }
    }

    /// It cannot take a directory's place: what was written so far is gone again.
    @Test func afterAFailureNothingIsLeft() throws {
        try withFile { path in
            try FileSystem.makeDirectory("\(directory)/below", mode: 0o755)
            #expect(throws: Errno.self) { try FileSystem.replaceContents(of: "\(directory)/below", with: [4]) }
            #expect(throws: Errno.notFound) { try FileSystem.replaceContents(of: "\(directory)/none", with: [4]) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["below", "file"])
            #expect(try FileSystem.readIfPresent(path, limit: 10) == [1, 2, 3])
        }
    }

    @Test func pathsAreOfAKind() throws {
        try withFile { path in
            try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: "file")
            #expect(try FileSystem.kind(of: path) == .file)
            #expect(try FileSystem.kind(of: "\(directory)/link") == .file)
            #expect(try FileSystem.kind(of: directory) == .directory)
            #expect(try FileSystem.kind(of: "/dev/null") == .other)
            #expect(throws: Errno.notFound) { try FileSystem.kind(of: "\(directory)/none") }
            #expect(try FileSystem.isLink("\(directory)/link"))
            #expect(try !FileSystem.isLink(path))
        }
    }
}
