internal import ImageSwap
internal import Posix

/// What a worker tells of the rules that it serves with.
struct LoadedRules: Equatable, Sendable {
    /// The SHA-256 of the map file.
    let digest: SHA256Digest
    /// Milliseconds since 1970.
    let loadedAt: UInt64
    let invalidLines: UInt64
    /// How many rules there are of a kind.
    let counts: [UInt64]

    static let kinds = ["exact", "replace", "map", "wildcard"]
    static let cellCount = SHA256Digest.words + 2 + kinds.count

    init(digest: SHA256Digest, rules: Rules, invalidLines: Int, at time: WallTime) {
        self.digest = digest
        loadedAt = UInt64(max(0, time.nanoseconds / 1_000_000))
        self.invalidLines = UInt64(max(0, invalidLines))
        let count = rules.count
        counts = [count.exact, count.pattern, count.place, count.wildcard].map { UInt64($0) }
    }

    init(cells: [UInt64]) {
        digest = SHA256Digest(words: Array(cells.prefix(SHA256Digest.words)))
        let rest = cells.dropFirst(SHA256Digest.words)
        loadedAt = rest.first ?? 0
        invalidLines = rest.dropFirst().first ?? 0
        counts = Array(rest.dropFirst(2))
    }

    var cells: [UInt64] { digest.wordValues + [loadedAt, invalidLines] + counts }
}

/// The 32 bytes of a SHA-256, made elsewhere.
package struct SHA256Digest: Equatable, Sendable {
    static let words = 4

    /// The first byte highest.
    let wordValues: [UInt64]

    /// Nil if there are not 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 8 * Self.words else { return nil }
        self.init(
            words: (0..<Self.words).map { word in
                bytes[8 * word..<8 * word + 8].reduce(0) { $0 << 8 | UInt64($1) }
            })
    }

    init(words: [UInt64]) {
        wordValues = words
    }

    /// The first 8 bytes, which tell one file from another.
    var beginning: UInt64 { wordValues.first ?? 0 }

    /// In lower case.
    package var hex: String {
        wordValues.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
