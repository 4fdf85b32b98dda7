private import ImageSwap

/// Namespaces' own map files, as they were checked: what a supervisor hands to its workers.
package struct NamespaceMaps: Equatable, Sendable {
    /// The text of each, by the namespace.
    package var texts: [String: [UInt8]] = [:]

    package init() {}

    /// A namespace's name as a request has it; nil where none can be called so.
    static func label(_ name: borrowing Span<UInt8>) -> String? {
        guard name.count <= NamespaceFile.longestLabel else { return nil }
        var bytes: [UInt8] = []
        bytes.append(name, 0..<name.count)
        let text = String(decoding: bytes, as: UTF8.self)
        return NamespaceFile.isLabel(text) ? text : nil
    }

    // MARK: as a file

    /// All of it as one file: before each text a line `namespace length`.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (namespace, text) in texts.sorted(by: { $0.key < $1.key }) {
            bytes += Array("\(namespace) \(text.count)\n".utf8)
            bytes += text
        }
        return bytes
    }

    /// Reads what `bytes` made; nil if it is something else.
    package init?(bytes: [UInt8]) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let parts = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            guard parts.count == 2, NamespaceFile.isLabel(String(parts[0])), let length = Int(parts[1]), length >= 0,
                length <= rest.endIndex - end - 1
            else { return nil }
            rest = rest[(end + 1)...]
            texts[String(parts[0])] = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        guard rest.isEmpty else { return nil }
    }
}
