/// What records of fixed size hold: numbers, and texts that are cut where they have no more room.
package struct RecordShape: Sendable {
    package let numbers: Int
    /// Bytes that there is room for in each text.
    package let texts: [Int]
    let cellCount: Int
    /// Where each text begins.
    private let starts: [Int]

    static let bytesPerCell = 8

    package init(numbers: Int, texts: [Int] = []) {
        self.numbers = numbers
        self.texts = texts
        var starts: [Int] = []
        var end = numbers
        for bytes in texts {
            starts.append(end)
            // Before the text its length.
            end += 1 + (bytes + Self.bytesPerCell - 1) / Self.bytesPerCell
        }
        self.starts = starts
        cellCount = end
    }

    func start(of text: Int) -> Int { starts[text] }

    func read(_ cells: CellRange) -> Record {
        Record(
            numbers: (0..<numbers).map { cells.memory.loadPart(cells.cell($0)) },
            texts: texts.indices.map { text(cells, $0) })
    }

    private func text(_ cells: CellRange, _ number: Int) -> RecordText {
        let start = starts[number]
        let length = cells.memory.loadPart(cells.cell(start))
        // Of two writings it could be anything, until the sequence number tells.
        let count = min(texts[number], Int(truncatingIfNeeded: length & ~RecordText.cut))
        let bytes = (0..<count).map { index in
            let (cell, place) = index.quotientAndRemainder(dividingBy: Self.bytesPerCell)
            return UInt8(truncatingIfNeeded: cells.memory.loadPart(cells.cell(start + 1 + cell)) >> UInt64(8 * place))
        }
        return RecordText(String(decoding: bytes, as: UTF8.self), isCut: length & RecordText.cut != 0)
    }
}

/// A record as it was read.
package struct Record: Equatable, Sendable {
    package let numbers: [UInt64]
    package let texts: [RecordText]
}

/// A text that may have been longer.
package struct RecordText: Equatable, Sendable {
    package let text: String
    package let isCut: Bool

    /// In the length of one that was cut.
    static let cut: UInt64 = 1 << 63

    package init(_ text: String, isCut: Bool = false) {
        self.text = text
        self.isCut = isCut
    }
}

/// Writes one record. It waits for nobody and allocates nothing.
package struct RecordWriter {
    let cells: CellRange
    let shape: RecordShape

    package func set(_ number: Int, to value: UInt64) {
        precondition(number < shape.numbers, "no such number")
        cells.memory.storePart(value, in: cells.cell(number))
    }

    /// - Parameter bytes: UTF-8; cut between two characters.
    package func set(text number: Int, to bytes: borrowing Span<UInt8>) {
        let room = shape.texts[number]
        var count = bytes.count
        if count > room {
            count = room
            while count > 0, bytes[count] & 0xc0 == 0x80 { count -= 1 }
        }
        var cell = cells.cell(shape.start(of: number))
        cells.memory.storePart(UInt64(count) | (count < bytes.count ? RecordText.cut : 0), in: cell)
        let raw = unsafe bytes.bytes
        var index = 0
        while index + RecordShape.bytesPerCell <= count {
            cell += 1
            // Any 8 bytes are a number; that they are there is checked.
            let value = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            cells.memory.storePart(UInt64(littleEndian: value), in: cell)
            index += RecordShape.bytesPerCell
        }
        guard index < count else { return }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while index < count {
            rest |= UInt64(bytes[index]) << shift
            shift += 8
            index += 1
        }
        cells.memory.storePart(rest, in: cell + 1)
    }
}
