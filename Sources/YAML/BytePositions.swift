/// From libyaml's places in a text, which count characters, to ours, which count bytes.
struct BytePositions: Sendable {
    private let bytes: [UInt8]
    /// Bytes before these, which libyaml does not see.
    private let offset: Int
    /// Where each character begins; empty where each is one byte.
    private let starts: [UInt32]

    init(_ bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
        if bytes.allSatisfy({ $0 < 0x80 }) {
            starts = []
        } else {
            // All bytes but those that continue a character: 10xxxxxx.
            starts = bytes.indices.lazy.filter { bytes[$0] & 0xc0 != 0x80 }.map { UInt32($0) }
        }
    }

    /// The byte at which the character of this number begins.
    func byte(of character: Int) -> Int {
        if starts.isEmpty { return offset + min(character, bytes.count) }
        return offset + (character < starts.count ? Int(starts[character]) : bytes.count)
    }

    /// - Parameter index: As libyaml counts bytes.
    func mark(ofByte index: Int) -> YAMLMark {
        let before = bytes.prefix(index)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before[lineStart...].count { $0 & 0xc0 != 0x80 } + 1
        return YAMLMark(index: offset + before.count, line: line, column: column)
    }
}
