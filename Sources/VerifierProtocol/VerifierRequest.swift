/// What a client asks.
package enum VerifierRequest: Equatable, Sendable {
    /// Whether these images are there. The answer comes after `deadline` milliseconds at the latest.
    case ask([[UInt8]], deadline: UInt32)
    /// The verifier's metrics.
    case statistics

    private enum Kind: UInt8 {
        case ask = 1
        case statistics = 2
    }

    /// The whole frame.
    package func frame() throws(VerifierProtocolError) -> [UInt8] {
        var content: [UInt8] = [VerifierFrame.version]
        switch self {
        case .ask(let references, let deadline):
            guard references.count <= VerifierFrame.mostReferences else {
                throw .tooManyReferences(references.count)
            }
            content.append(Kind.ask.rawValue)
            content.append(bigEndian: deadline)
            content.append(bigEndian: UInt16(references.count))
            for reference in references {
                guard let length = UInt16(exactly: reference.count) else { throw .referenceTooLong(reference.count) }
                content.append(bigEndian: length)
                content.append(contentsOf: reference)
            }
        case .statistics:
            content.append(Kind.statistics.rawValue)
            content.append(bigEndian: UInt32(0))
            content.append(bigEndian: UInt16(0))
        }
        return try VerifierFrame.frame(content)
    }

    /// Reads a frame's content.
    package init(content: [UInt8]) throws(VerifierProtocolError) {
        guard content.count <= VerifierFrame.longestContent else { throw .frameTooLong(content.count) }
        var reader = FrameReader(content)
        try reader.version()
        let number = try reader.uint8()
        guard let kind = Kind(rawValue: number) else { throw .kind(number) }
        let deadline = try reader.uint32()
        let count = Int(try reader.uint16())
        switch kind {
        case .ask:
            guard count <= VerifierFrame.mostReferences else { throw .tooManyReferences(count) }
            var references: [[UInt8]] = []
            references.reserveCapacity(count)
            for _ in 0..<count { references.append(try reader.take(Int(try reader.uint16()))) }
            self = .ask(references, deadline: deadline)
        case .statistics:
            guard count == 0 else { throw .referencesInStatistics }
            self = .statistics
        }
        try reader.end()
    }
}
