/// What the verifier knows of one image.
package enum VerifierAnswer: Hashable, Sendable {
    /// Nothing that is certain.
    case unknown
    /// It is there; the digest is `sha256:` and 64 hexadecimal digits in lower case.
    case present(digest: [UInt8])
    /// Its registry says that it is not there.
    case absent

    private enum State: UInt8 {
        case unknown = 0
        case present = 1
        case absent = 2
    }

    /// The whole frame of the answers to one request, in the order of its references.
    ///
    /// - Parameter lasting: Milliseconds for which the same request would be answered the same.
    package static func frame(
        _ answers: [VerifierAnswer], lasting: UInt16 = 0
    ) throws(VerifierProtocolError) -> [UInt8] {
        guard answers.count <= VerifierFrame.mostReferences else { throw .tooManyReferences(answers.count) }
        var content: [UInt8] = [VerifierFrame.version]
        content.append(bigEndian: UInt16(answers.count))
        content.append(bigEndian: lasting)
        for answer in answers {
            var digest: [UInt8] = []
            let state: State
            switch answer {
            case .unknown: state = .unknown
            case .present(let found):
                guard isDigest(found) else { throw .digest }
                (state, digest) = (.present, found)
            case .absent: state = .absent
            }
            content.append(state.rawValue)
            content.append(bigEndian: UInt16(digest.count))
            content.append(contentsOf: digest)
        }
        return try VerifierFrame.frame(content)
    }

    /// Reads the content of a frame with the answers to `count` references, and for how many milliseconds they will be the
    /// same.
    package static func reply(
        in content: [UInt8], to count: Int
    ) throws(VerifierProtocolError) -> (answers: [VerifierAnswer], lasting: UInt16) {
        var reader = FrameReader(content)
        try reader.version()
        let found = Int(try reader.uint16())
        guard found == count else { throw .count(found, expected: count) }
        let lasting = try reader.uint16()
        var answers: [VerifierAnswer] = []
        answers.reserveCapacity(count)
        for _ in 0..<count {
            let number = try reader.uint8()
            guard let state = State(rawValue: number) else { throw .state(number) }
            let digest = try reader.take(Int(try reader.uint16()))
            guard state == .present ? isDigest(digest) : digest.isEmpty else { throw .digest }
            switch state {
            case .unknown: answers.append(.unknown)
            case .present: answers.append(.present(digest: digest))
            case .absent: answers.append(.absent)
            }
        }
        try reader.end()
        return (answers, lasting)
    }

    /// Whether a text is a digest that an image may be pinned to.
    package static func isDigest(_ text: [UInt8]) -> Bool {
        let algorithm = Array("sha256:".utf8)
        guard text.count == algorithm.count + 64, text.starts(with: algorithm) else { return false }
        return text.dropFirst(algorithm.count).allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
    }
}

/// The verifier's metrics, as its answer to `VerifierRequest.statistics`.
package enum VerifierStatistics {
    /// The whole frame of a text in the Prometheus text format. What is over a frame's length is an error.
    package static func frame(_ text: [UInt8]) throws(VerifierProtocolError) -> [UInt8] {
        try VerifierFrame.frame([VerifierFrame.version] + text)
    }

    /// Reads the content of a frame: the text, which is UTF-8.
    package static func text(in content: [UInt8]) throws(VerifierProtocolError) -> [UInt8] {
        var reader = FrameReader(content)
        try reader.version()
        let text = reader.rest()
        guard String(validating: text, as: UTF8.self) != nil else { throw .text }
        return text
    }
}
