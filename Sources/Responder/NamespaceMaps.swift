private import ImageSwap

/// Namespaces' own map files, as they were checked: what a supervisor hands to its workers.
package struct NamespaceMaps: Equatable, Sendable {
    /// The text of each, by the namespace.
    package var texts: [String: [UInt8]] = [:]

    package init() {}

    /// How a file's name ends; before that stands the namespace.
    private static let ending = ".conf"
    /// The longest label, in characters.
    private static let longestLabel = 63

    /// The namespace whose file has this name; nil where it can be no namespace's.
    package static func namespace(ofFile name: String) -> String? {
        guard name.hasSuffix(ending) else { return nil }
        let namespace = String(name.dropLast(ending.utf8.count))
        return isLabel(namespace) ? namespace : nil
    }

    package static func file(of namespace: String) -> String { namespace + ending }

    /// Whether a text is a DNS-1123 label, as a namespace's name is
    /// (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names). No such is a path.
    private static func isLabel(_ text: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) }
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= longestLabel else {
            return false
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// A namespace's name as a request has it; nil where none can be called so.
    static func label(_ name: borrowing Span<UInt8>) -> String? {
        guard name.count <= longestLabel else { return nil }
        var bytes: [UInt8] = []
        bytes.append(name, 0..<name.count)
        let text = String(decoding: bytes, as: UTF8.self)
        return isLabel(text) ? text : nil
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
            guard parts.count == 2, Self.isLabel(String(parts[0])), let length = Int(parts[1]), length >= 0,
                length <= rest.endIndex - end - 1
            else { return nil }
            rest = rest[(end + 1)...]
            texts[String(parts[0])] = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        guard rest.isEmpty else { return nil }
    }
}
