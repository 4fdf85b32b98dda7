// Questions to imageswap-verifier and its answers, as they go over its unix socket: version 1.
//
// A connection carries frames, one each way at a time, as many as its client likes. Numbers are big-endian.
//
//     frame     := length(4) content         `length` is that of the content
//     request   := version(1) kind(1) deadline(4) count(2) count * reference
//     kind      := 1, an ask | 2, statistics, whose count is 0
//     deadline  := milliseconds that the client waits for the answer
//     reference := length(2) bytes           `registry[:port]/path[:tag][@digest]`, canonical
//     answers   := version(1) count(2) lasting(2) count * answer     in the order of the references
//     lasting   := milliseconds for which the same request would be answered the same
//     answer    := state(1) length(2) digest
//     state     := 0, unknown | 1, present | 2, absent       only one that is present has a digest
//     statistics := version(1) text          Prometheus text format

/// What both ends agree on.
package enum VerifierFrame {
    package static let version: UInt8 = 1
    /// Bytes of a frame's content at most.
    package static let longestContent = 4 << 20
    /// References of one request at most.
    package static let mostReferences = 10_000
    /// Bytes of the length before the content.
    static let headLength = 4

    /// A frame of this content.
    static func frame(_ content: [UInt8]) throws(VerifierProtocolError) -> [UInt8] {
        guard content.count <= longestContent else { throw .frameTooLong(content.count) }
        var frame: [UInt8] = []
        frame.reserveCapacity(headLength + content.count)
        frame.append(bigEndian: UInt32(content.count))
        frame.append(contentsOf: content)
        return frame
    }
}

/// Why bytes are no frame of this protocol, or cannot become one.
package enum VerifierProtocolError: Error, Equatable, Sendable {
    case frameTooLong(Int)
    case tooManyReferences(Int)
    case referenceTooLong(Int)
    case version(UInt8)
    case kind(UInt8)
    case state(UInt8)
    /// The content ends in the middle of something.
    case cut
    /// Bytes behind the last thing that the content has.
    case trailing
    /// As many answers for another number of references.
    case count(Int, expected: Int)
    /// Statistics that ask for references.
    case referencesInStatistics
    /// An answer without the digest that its state needs, or with one that it does not have.
    case digest
    case text
}

extension VerifierProtocolError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .frameTooLong(let count): "a frame of \(count) bytes, more than \(VerifierFrame.longestContent)"
        case .tooManyReferences(let count): "\(count) references, more than \(VerifierFrame.mostReferences)"
        case .referenceTooLong(let count): "a reference of \(count) bytes, more than \(UInt16.max)"
        case .version(let version): "version \(version) of the protocol, not \(VerifierFrame.version)"
        case .kind(let kind): "no kind of request: \(kind)"
        case .state(let state): "no state of an image: \(state)"
        case .cut: "a frame that ends too early"
        case .trailing: "a frame with bytes behind its end"
        case .count(let count, let expected): "\(count) answers to \(expected) references"
        case .referencesInStatistics: "a request for statistics that names references"
        case .digest: "an answer whose digest is none"
        case .text: "statistics that are no UTF-8"
        }
    }
}
