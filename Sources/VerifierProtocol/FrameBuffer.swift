/// Bytes as they come over a connection, from which whole frames are taken.
package struct FrameBuffer: Sendable {
    private var bytes: [UInt8] = []
    /// What of them was taken.
    private var start = 0

    /// Bytes that an empty buffer keeps.
    private static let keptCapacity = 64 << 10

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Bytes that were not taken yet.
    package var count: Int { bytes.count - start }

    package mutating func append(_ more: borrowing Span<UInt8>) {
        for index in more.indices { bytes.append(more[index]) }
    }

    /// The content of the next frame; nil while it is not all there. Throws for a frame that is too long, as soon as its
    /// length is there: nothing can be taken from here on.
    package mutating func next() throws(VerifierProtocolError) -> [UInt8]? {
        guard bytes.count - start >= VerifierFrame.headLength else { return nil }
        var reader = FrameReader(bytes, from: start)
        let length = Int(try reader.uint32())
        guard length <= VerifierFrame.longestContent else { throw .frameTooLong(length) }
        let end = start + VerifierFrame.headLength + length
        guard bytes.count >= end else { return nil }
        let content = Array(bytes[start + VerifierFrame.headLength..<end])
        start = end
        if isEmpty {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
            start = 0
        } else if start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        return content
    }
}
