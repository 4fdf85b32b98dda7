/// An image reference, read in another way than ImageSwap's: cut from its ends at its separators, each part then checked
/// by itself. What both make of a text must be the same.
package struct PlainReference: Equatable {
    package var host: [UInt8] = []
    /// With its ":".
    package var port: [UInt8] = []
    package var path: [UInt8] = []
    package var tag: [UInt8] = []
    package var digest: [UInt8] = []

    package var hasRegistry: Bool { !host.isEmpty }

    package init() {}

    /// Nil where the text is none.
    package init?(_ text: [UInt8]) {
        var name = text[...]
        if let at = name.firstIndex(of: Self.at) {
            digest = Array(name[(at + 1)...])
            name = name[..<at]
            guard Self.isDigest(digest) else { return nil }
        }
        let last = name.lastIndex(of: Self.slash).map { $0 + 1 } ?? name.startIndex
        if let colon = name[last...].firstIndex(of: Self.colon) {
            tag = Array(name[(colon + 1)...])
            name = name[..<colon]
            guard Self.isTag(tag) else { return nil }
        }
        var components = name.split(separator: Self.slash, omittingEmptySubsequences: false).map(Array.init)
        if components.count > 1, Self.isRegistry(components[0]) {
            guard let (host, port) = Self.hostAndPort(components.removeFirst()) else { return nil }
            (self.host, self.port) = (host, port)
        }
        guard components.allSatisfy(Self.isComponent) else { return nil }
        path = Array(components.joined(separator: [Self.slash]))
        guard path.count < 256 else { return nil }
    }

    private static let at = UInt8(ascii: "@")
    private static let slash = UInt8(ascii: "/")
    private static let colon = UInt8(ascii: ":")
    private static let digits = ByteSet("0123456789")
    private static let hexDigits = ByteSet("0123456789abcdefABCDEF")
    private static let lower = ByteSet("abcdefghijklmnopqrstuvwxyz0123456789")
    private static let upper = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    private static let alphanumeric = ByteSet("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    private static let inTags = ByteSet("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-")
    private static let inDigests = ByteSet("0123456789abcdef")
    private static let separators: [[UInt8]] = [".", "_", "__"].map { Array($0.utf8) }

    /// Whether the first of several components is a registry.
    package static func isRegistry(_ component: [UInt8]) -> Bool {
        component == Array("localhost".utf8) || component.contains(UInt8(ascii: ".")) || component.contains(colon)
            || component.contains(where: upper.contains)
    }

    private static func hostAndPort(_ registry: [UInt8]) -> (host: [UInt8], port: [UInt8])? {
        let hostEnd: Int
        if registry.first == UInt8(ascii: "[") {
            guard let close = registry.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let inside = registry[1..<close]
            guard !inside.isEmpty, inside.allSatisfy({ $0 == colon || hexDigits.contains($0) })
            else { return nil }
            hostEnd = close + 1
        } else {
            hostEnd = registry.firstIndex(of: colon) ?? registry.count
            for label in registry[..<hostEnd].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
                guard let first = label.first, let last = label.last, alphanumeric.contains(first),
                    alphanumeric.contains(last),
                    label.allSatisfy({ alphanumeric.contains($0) || $0 == UInt8(ascii: "-") })
                else { return nil }
            }
        }
        let port = registry[hostEnd...]
        guard port.isEmpty || port.first == colon && port.count > 1 && port.dropFirst().allSatisfy(digits.contains)
        else { return nil }
        return (Array(registry[..<hostEnd]), Array(port))
    }

    private static func isComponent(_ component: [UInt8]) -> Bool {
        guard let first = component.first, let last = component.last, lower.contains(first), lower.contains(last)
        else { return false }
        return component.split(omittingEmptySubsequences: true, whereSeparator: lower.contains).allSatisfy {
            separators.contains(Array($0)) || $0.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    private static func isTag(_ tag: [UInt8]) -> Bool {
        guard let first = tag.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
        return tag.count < 129 && tag.allSatisfy(inTags.contains)
    }

    private static func isDigest(_ digest: [UInt8]) -> Bool {
        for (algorithm, bits) in [("sha256:", 256), ("sha384:", 384), ("sha512:", 512)]
        where digest.starts(with: algorithm.utf8) {
            let hex = digest.dropFirst(7)
            return hex.count * 4 == bits && hex.allSatisfy(inDigests.contains)
        }
        return false
    }
}

/// Bytes that belong to a class.
private struct ByteSet: Sendable {
    private let has: [Bool]

    init(_ bytes: String) {
        var has = Array(repeating: false, count: 256)
        for byte in bytes.utf8 { has[Int(byte)] = true }
        self.has = has
    }

    func contains(_ byte: UInt8) -> Bool { has[Int(byte)] }
}
