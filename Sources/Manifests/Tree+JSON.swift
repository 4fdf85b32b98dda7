// A JSON document as a tree.

package import Admission

extension Tree {
    /// Reads a JSON document; places count from the start of the whole text.
    ///
    /// - Parameter start: where the document begins: behind a byte order mark, say.
    package init(json text: [UInt8], from start: Int = 0) throws(ReviewError) {
        self.init()
        let bytes = text.span
        try JSONScanner.validate(bytes.extracting(start..<bytes.count))
        var index = start
        read(bytes, &index)
    }

    /// Reads objects and arrays that stand one behind the other, with white space or nothing between them.
    static func documents(json text: [UInt8], from start: Int) throws(ReviewError) -> [Tree] {
        let bytes = text.span
        var trees: [Tree] = []
        var index = start
        while true {
            var tree = Tree()
            tree.passSpace(bytes, &index)
            guard index < bytes.count else { return trees }
            _ = try JSONScanner.end(ofDocumentIn: bytes, at: index)
            tree.read(bytes, &index)
            trees.append(tree)
        }
    }

    /// Reads a value of a document that is valid: it ends where it should, and every string is whole.
    private mutating func read(_ json: borrowing Span<UInt8>, _ index: inout Int) {
        passSpace(json, &index)
        let start = index
        switch json[index] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isMapping = json[index] == UInt8(ascii: "{")
            enter(add(isMapping ? .mapping : .sequence, start..<start))
            index += 1
            passSpace(json, &index)
            while json[index] != UInt8(ascii: "}"), json[index] != UInt8(ascii: "]") {
                read(json, &index)
                passSpace(json, &index)
                if json[index] == UInt8(ascii: ",") || json[index] == UInt8(ascii: ":") { index += 1 }
                passSpace(json, &index)
            }
            index += 1
            leave(end: index)
        case UInt8(ascii: "\""):
            index += 1
            while json[index] != UInt8(ascii: "\"") { index += json[index] == UInt8(ascii: "\\") ? 2 : 1 }
            index += 1
            let text = JSONScanner.string(json.extracting(start + 1..<index - 1))
            add(.scalar, start..<index, text: text, style: .doubleQuoted, isString: true)
        default:
            while index < json.count, !isDelimiter(json[index]) { index += 1 }
            // A number, true, false or null: ASCII.
            let text = String(String.UnicodeScalarView((start..<index).map { Unicode.Scalar(json[$0]) }))
            add(.scalar, start..<index, text: text)
        }
    }

    private func passSpace(_ json: borrowing Span<UInt8>, _ index: inout Int) {
        while index < json.count, [0x20, 0x0a, 0x0d, 0x09].contains(json[index]) { index += 1 }
    }

    private func isDelimiter(_ byte: UInt8) -> Bool {
        [0x20, 0x0a, 0x0d, 0x09, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(byte)
    }
}
