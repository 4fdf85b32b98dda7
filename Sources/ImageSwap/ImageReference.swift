/// An image reference: where its parts stand in the text that it was read from.
///
/// `[registry/]path[:tag][@digest]`, by the grammar of distribution's `reference` package
/// (https://pkg.go.dev/github.com/distribution/reference), with a registry told apart as a kubelet does:
///
///     registry   := host [":" port]     the part before the first "/", if it contains "." or ":",
///                                       is "localhost" or has an upper-case letter
///     host       := label *("." label) | "[" (hex | ":")+ "]"
///     label      := alnum [*(alnum | "-") alnum]
///     path       := component *("/" component)                      at most 255 bytes
///     component  := lower+ *(separator lower+)
///     separator  := "." | "_" | "__" | "-"+
///     tag        := (alnum | "_") *127(alnum | "_" | "." | "-")
///     digest     := "sha256:" 64hex | "sha384:" 96hex | "sha512:" 128hex      lower case
///
/// It holds offsets only, so that an image costs no allocation; the text is handed in again where it is needed.
package struct ImageReference: Equatable, Sendable {
    /// The end of the registry's host, without its port; 0 where the text names no registry.
    package private(set) var hostEnd = 0
    /// The end of the registry with its port; 0 where the text names no registry.
    package private(set) var registryEnd = 0
    /// The repository's path, as written.
    package private(set) var path = 0..<0
    /// The tag, without its ":"; empty where there is none.
    package private(set) var tag = 0..<0
    /// The digest with its algorithm, without its "@"; empty where there is none.
    package private(set) var digest = 0..<0

    /// The longest path, in bytes as written (distribution's RepositoryNameTotalLengthMax).
    package static let longestPath = 255
    /// The longest tag, in bytes.
    package static let longestTag = 128

    package var hasRegistry: Bool { registryEnd > 0 }
    package var hasPort: Bool { registryEnd > hostEnd }

    /// Reads a whole text as one reference.
    package init(_ text: borrowing Span<UInt8>) throws(ImageReferenceError) {
        var start = 0
        if let slash = text.firstIndex(of: UInt8(ascii: "/"), from: 0), text.looksLikeRegistry(end: slash) {
            hostEnd = try Self.host(text, end: slash)
            registryEnd = slash
            start = slash + 1
        }
        var end = try Self.path(text, from: start)
        path = start..<end
        guard path.count <= Self.longestPath else { throw ImageReferenceError(.pathTooLong, at: start) }
        if end < text.count, text[end] == UInt8(ascii: ":") {
            tag = try Self.tag(text, from: end + 1)
            end = tag.upperBound
        }
        if end < text.count, text[end] == UInt8(ascii: "@") {
            digest = try Self.digest(text, from: end + 1)
            end = digest.upperBound
        }
        guard end == text.count else { throw ImageReferenceError(.unexpectedCharacter, at: end) }
    }

    /// Checks `host[:port]` in `text[0..<end]`; the end of the host.
    private static func host(_ text: borrowing Span<UInt8>, end: Int) throws(ImageReferenceError) -> Int {
        var offset = 0
        if text[0] == UInt8(ascii: "[") {
            offset = 1
            while offset < end, text[offset].isHexDigit || text[offset] == UInt8(ascii: ":") { offset += 1 }
            guard offset > 1, offset < end, text[offset] == UInt8(ascii: "]") else {
                throw ImageReferenceError(.registry, at: offset)
            }
            offset += 1
        } else {
            while true {
                let label = offset
                while offset < end, text[offset].isAlphanumeric || text[offset] == UInt8(ascii: "-") { offset += 1 }
                guard offset > label, text[label] != UInt8(ascii: "-"), text[offset - 1] != UInt8(ascii: "-") else {
                    throw ImageReferenceError(.registry, at: min(offset, end - 1))
                }
                guard offset < end, text[offset] == UInt8(ascii: ".") else { break }
                offset += 1
            }
        }
        let hostEnd = offset
        if offset < end {
            guard text[offset] == UInt8(ascii: ":"), offset + 1 < end else {
                throw ImageReferenceError(.registry, at: offset)
            }
            for index in offset + 1..<end where !text[index].isDigit {
                throw ImageReferenceError(.port, at: index)
            }
        }
        return hostEnd
    }

    /// Checks a path that begins at `start`; its end.
    private static func path(_ text: borrowing Span<UInt8>, from start: Int) throws(ImageReferenceError) -> Int {
        var offset = start
        while true {
            let word = offset
            while offset < text.count, text[offset].isLowerAlphanumeric { offset += 1 }
            guard offset > word else { throw ImageReferenceError(.path, at: offset) }
            guard offset < text.count else { return offset }
            switch text[offset] {
            case UInt8(ascii: "/"), UInt8(ascii: "."):
                offset += 1
            case UInt8(ascii: "_"):
                offset += 1
                if offset < text.count, text[offset] == UInt8(ascii: "_") { offset += 1 }
            case UInt8(ascii: "-"):
                while offset < text.count, text[offset] == UInt8(ascii: "-") { offset += 1 }
            default:
                return offset
            }
        }
    }

    private static func tag(_ text: borrowing Span<UInt8>, from start: Int) throws(ImageReferenceError) -> Range<Int> {
        var end = start
        while end < text.count, text[end].isTagCharacter { end += 1 }
        guard end > start, text[start].isAlphanumeric || text[start] == UInt8(ascii: "_") else {
            throw ImageReferenceError(.tag, at: start)
        }
        guard end - start <= longestTag else { throw ImageReferenceError(.tagTooLong, at: start) }
        return start..<end
    }

    private static func digest(
        _ text: borrowing Span<UInt8>, from start: Int
    ) throws(ImageReferenceError) -> Range<Int> {
        let digits =
            if text.hasPrefix("sha256:", at: start) { 64 } else if text.hasPrefix("sha384:", at: start) {
                96
            } else if text.hasPrefix("sha512:", at: start) { 128 } else {
                throw ImageReferenceError(.digestAlgorithm, at: start)
            }
        let first = start + 7
        guard text.count - first == digits else { throw ImageReferenceError(.digestLength, at: start) }
        for index in first..<text.count where !text[index].isLowerHexDigit {
            throw ImageReferenceError(.digest, at: index)
        }
        return start..<text.count
    }
}

/// Why a text is no image reference, and where.
package struct ImageReferenceError: Error, Equatable, Sendable {
    package enum Reason: Sendable {
        case registry, port, path, pathTooLong, tag, tagTooLong, digest, digestAlgorithm, digestLength
        case unexpectedCharacter
    }

    package let reason: Reason
    /// Bytes from the start of the text.
    package let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension ImageReferenceError: CustomStringConvertible {
    package var description: String {
        let text =
            switch reason {
            case .registry: "the registry is no host name, IPv4 address or [IPv6 address]"
            case .port: "the registry's port must be digits"
            case .path: "a path component must be lower-case letters and digits, joined by '.', '_', '__' or '-'"
            case .pathTooLong: "the path is longer than \(ImageReference.longestPath) characters"
            case .tag: "a tag must be letters, digits, '_', '.' and '-', and begin with none of the last two"
            case .tagTooLong: "the tag is longer than \(ImageReference.longestTag) characters"
            case .digest: "a digest must be lower-case hex digits"
            case .digestAlgorithm: "a digest must begin with sha256:, sha384: or sha512:"
            case .digestLength: "the digest's length is not its algorithm's"
            case .unexpectedCharacter: "an image reference cannot go on here"
            }
        return "\(text) (character \(offset + 1))"
    }
}
