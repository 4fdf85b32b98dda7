private import Admission
private import YAML

/// A file's documents, YAML or JSON: of JSON too there may be several, one behind the other, as kubectl prints them.
package struct Manifest: Sendable {
    package let bytes: [UInt8]
    package let documents: [Tree]
    /// Where each line begins.
    private let lineStarts: [Int]

    /// Reads a file's bytes: JSON where they begin as JSON does, else YAML.
    package init(_ bytes: [UInt8]) throws(ManifestError) {
        self.bytes = bytes
        lineStarts = [0] + bytes.indices.lazy.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let start = bytes.starts(with: mark) ? 3 : 0
        let first = bytes[start...].first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        var jsonError: ManifestError?
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            do throws(ReviewError) {
                documents = try Tree.documents(json: bytes, from: start)
                return
            } catch {
                if first == UInt8(ascii: "{") {
                    jsonError = ManifestError(bytes, offset: error.offset, error.description)
                }
            }
        }
        do throws(YAMLError) {
            documents = try Tree.documents(yaml: bytes)
        } catch {
            let isTemplate = bytes.hasTemplate
            if let jsonError, !isTemplate { throw jsonError }
            throw ManifestError(
                line: error.mark.line, column: error.mark.column, reason: error.reason, isTemplate: isTemplate)
        }
    }

    /// The line and column of a byte, both from 1, the column in characters.
    package func place(_ offset: Int) -> (line: Int, column: Int) {
        let offset = min(offset, bytes.count)
        let line = line(offset)
        return (line, bytes[lineStarts[line - 1]..<offset].reduce(1) { $0 + ($1 & 0xc0 != 0x80 ? 1 : 0) })
    }

    /// The line of a byte, from 1: found in time that hardly grows with the file.
    package func line(_ offset: Int) -> Int {
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }
}

/// Why a file is no manifest.
package struct ManifestError: Error, Equatable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int
    package let reason: String
    /// There is a `{{` in it: a template, which becomes a manifest only once it is filled in.
    package let isTemplate: Bool

    init(line: Int, column: Int, reason: String, isTemplate: Bool) {
        (self.line, self.column, self.reason, self.isTemplate) = (line, column, reason, isTemplate)
    }

    fileprivate init(_ bytes: [UInt8], offset: Int, _ reason: String) {
        (line, column) = bytes.place(offset)
        self.reason = reason
        isTemplate = false
    }

    package var description: String { "\(line):\(column): \(reason)" }
}

extension [UInt8] {
    /// Whether there is a `{{`.
    fileprivate var hasTemplate: Bool {
        indices.dropLast().contains { self[$0] == UInt8(ascii: "{") && self[$0 + 1] == UInt8(ascii: "{") }
    }

    fileprivate func place(_ offset: Int) -> (line: Int, column: Int) {
        let before = self[..<Swift.min(offset, count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        return (line, before[lineStart...].reduce(1) { $0 + ($1 & 0xc0 != 0x80 ? 1 : 0) })
    }
}
