import Testing

/// A review of which only a part comes.
struct CutBodyTests {
    private static let review = Array(
        RealReviewsTests.review(containers: #"{"name":"c","image":"nginx"}"#).utf8)

    /// How the part that came can look to the responder.
    enum Ending: CaseIterable {
        /// The connection ends within the record.
        case connectionEnds
        /// Fewer bytes than announced, and then the end of the input.
        case inputEnds
        /// No more was announced.
        case announced
    }

    @Test(arguments: Ending.allCases)
    func aBodyCutAtAnyByteIsNeverAnsweredByAPatch(ending: Ending) throws {
        let service = try Service(maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"])
        #expect(try answer(of: service, ending, upTo: Self.review.count).contains(#""patch":"#))
        for count in 0..<Self.review.count {
            let answer = try answer(of: service, ending, upTo: count)
            #expect(!answer.contains("patch"), "\(count) bytes: \(answer)")
            #expect(answer.contains("Status: 400 "), "\(count) bytes: \(answer)")
        }
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
    }

    private func answer(of service: Service, _ ending: Ending, upTo count: Int) throws -> String {
        let part = Array(Self.review[..<count])
        let isWhole = count == Self.review.count
        let peer = try FastCGIPeer(to: service.socket)
        let length = ending == .announced ? count : Self.review.count
        for record in FastCGIRecord.head("POST", "/", length: length) { peer.send(record) }
        if ending == .connectionEnds, !isWhole {
            peer.send(Array(FastCGIRecord.record(FastCGIRecord.standardInput, Self.review)[..<(8 + count)]))
            peer.endSending()
        } else {
            if count > 0 { peer.send(FastCGIRecord.record(FastCGIRecord.standardInput, part)) }
            peer.send(FastCGIRecord.endOfInput)
        }
        return peer.answer()
    }
}
