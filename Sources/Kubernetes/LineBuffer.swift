// A good answer's lines, handed on as they come.

/// Hands each whole line of a good answer on, and keeps no more than one. Of any other answer it keeps the body.
final class LineBuffer: AnswerBuffer {
    /// Bytes of a line at most: an event's object has 1.5 MiB at most in etcd, with base64 and escapes twice that.
    static let lineLimit = 4 * 1024 * 1024

    /// Without its line feed; false ends the transfer.
    private let takeLine: (ArraySlice<UInt8>) -> Bool
    private var line: [UInt8] = []

    init(_ takeLine: @escaping (ArraySlice<UInt8>) -> Bool) {
        self.takeLine = takeLine
    }

    override func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard isGood else { return unsafe super.take(bytes) }
        // What stands before `searched` has no line feed.
        let searched = line.count
        unsafe line.append(contentsOf: bytes)
        var start = 0
        while let end = line[max(start, searched)...].firstIndex(of: UInt8(ascii: "\n")) {
            if end > start, !takeLine(line[start..<end]) { return false }
            start = end + 1
        }
        line.removeFirst(start)
        guard line.count <= Self.lineLimit else {
            refusal = "a line is longer than \(Self.lineLimit) bytes"
            return false
        }
        return true
    }
}
