package import Foundation

/// A folder of a test's own, gone with its owner.
package final class TemporaryFolder: Sendable {
    package let url = FileManager.default.temporaryDirectory.appending(path: "imageswap-\(UUID().uuidString)")

    package init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package var path: String { url.path }

    package static func / (folder: TemporaryFolder, name: String) -> URL { folder.url.appending(path: name) }

    /// Writes a file, in folders that are made where they are missing, by a rename. Answers its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let file = self / name
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: self / name), as: UTF8.self)
    }
}
