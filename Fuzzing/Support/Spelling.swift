/// Texts that are likely to mean something, spelt by any bytes: each is a word of a list. Mutated bytes make other texts
/// of the same kind, where mutated text is mostly refused at its first bytes.
package struct Spelling {
    private let words: [[UInt8]]

    package init(_ words: [String]) { self.words = words.map { Array($0.utf8) } }

    package func text(of bytes: borrowing Span<UInt8>, upTo longest: Int) -> [UInt8] {
        var text: [UInt8] = []
        for index in bytes.indices where text.count < longest { text += words[Int(bytes[index]) % words.count] }
        return text
    }
}
