internal import TestSupport
internal import Testing
internal import VerifierProtocol

@Suite struct VerifierProtocolTests {
    private static let digest = Array("sha256:\(String(repeating: "0a", count: 32))".utf8)

    private func content(_ frame: [UInt8]) throws -> [UInt8] {
        var buffer = FrameBuffer()
        buffer.append(frame.span)
        let content = try #require(try buffer.next())
        #expect(buffer.isEmpty)
        return content
    }

    @Test func requestsComeThrough() throws {
        let requests: [VerifierRequest] = [
            .ask([], deadline: 0), .statistics,
            .ask([Array("r.example/a:1".utf8), [], Array(repeating: 0xff, count: 65_535)], deadline: .max),
            .ask(Array(repeating: [7], count: VerifierFrame.mostReferences), deadline: 300),
        ]
        for request in requests {
            #expect(try VerifierRequest(content: content(request.frame())) == request)
        }
    }

    @Test func answersComeThroughInOrder() throws {
        let answers: [VerifierAnswer] = [.absent, .present(digest: Self.digest), .unknown, .absent]
        #expect(try VerifierAnswer.reply(in: content(VerifierAnswer.frame(answers)), to: 4).answers == answers)
        let reply = try VerifierAnswer.reply(in: content(VerifierAnswer.frame(answers, lasting: 1000)), to: 4)
        #expect(reply.answers == answers && reply.lasting == 1000)
    }

    @Test func statisticsComeThrough() throws {
        let text = Array("# HELP a Ä\na 1\n".utf8)
        #expect(try VerifierStatistics.text(in: content(VerifierStatistics.frame(text))) == text)
    }

    /// Other programs may speak the protocol: its bytes are fixed.
    @Test func bytesAreThoseOfTheDescription() throws {
        #expect(
            try VerifierRequest.ask([Array("r/a".utf8)], deadline: 0x0102_0304).frame()
                == [0, 0, 0, 13, 1, 1, 1, 2, 3, 4, 0, 1, 0, 3] + Array("r/a".utf8))
        #expect(try VerifierRequest.statistics.frame() == [0, 0, 0, 8, 1, 2, 0, 0, 0, 0, 0, 0])
        #expect(
            try VerifierAnswer.frame([.present(digest: Self.digest), .absent, .unknown], lasting: 0x0102)
                == [0, 0, 0, 85, 1, 0, 3, 1, 2, 1, 0, 71] + Self.digest + [2, 0, 0, 0, 0, 0])
        #expect(try VerifierStatistics.frame(Array("a 1\n".utf8)) == [0, 0, 0, 5, 1] + Array("a 1\n".utf8))
    }

    @Test func framesAreTakenHoweverTheBytesCome() throws {
        let requests: [VerifierRequest] = (0..<50).map { .ask([[UInt8](repeating: 1, count: $0 * 37)], deadline: 1) }
        let bytes = try requests.flatMap { try $0.frame() }
        var random = SplitMix64(seed: 5)
        for _ in 0..<50 {
            var buffer = FrameBuffer()
            var found: [VerifierRequest] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + random.below(1 + random.below(5000)))
                buffer.append(bytes.span.extracting(start..<end))
                start = end
                while let content = try buffer.next() { found.append(try VerifierRequest(content: content)) }
            }
            #expect(found == requests)
            #expect(buffer.isEmpty)
        }
    }

    /// Before its bytes come, so that nobody gathers them.
    @Test func frameThatIsTooLongIsRefusedByItsLength() throws {
        var buffer = FrameBuffer()
        buffer.append([0, 0x40, 0, 0].span)
        #expect(try buffer.next() == nil)
        buffer = FrameBuffer()
        buffer.append([0, 0x40, 0, 1].span)
        #expect(throws: VerifierProtocolError.frameTooLong(4 << 20 + 1)) { try buffer.next() }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        var content: [UInt8]
        var error: VerifierProtocolError
        var testDescription: String { "\(content.prefix(20)): \(error)" }
    }

    @Test(arguments: [
        Refused(content: [], error: .cut),
        Refused(content: [0, 1, 0, 0, 0, 0, 0, 0], error: .version(0)),
        Refused(content: [2, 1, 0, 0, 0, 0, 0, 0], error: .version(2)),
        Refused(content: [1, 0, 0, 0, 0, 0, 0, 0], error: .kind(0)),
        Refused(content: [1, 3, 0, 0, 0, 0, 0, 0], error: .kind(3)),
        Refused(content: [1, 1, 0, 0, 0, 0, 0], error: .cut),
        Refused(content: [1, 1, 0, 0, 0, 0, 0, 1], error: .cut),
        Refused(content: [1, 1, 0, 0, 0, 0, 0, 1, 0, 2, 7], error: .cut),
        Refused(content: [1, 1, 0, 0, 0, 0, 0, 0, 0], error: .trailing),
        Refused(content: [1, 1, 0, 0, 0, 0, 0x27, 0x11], error: .tooManyReferences(10_001)),
        Refused(content: [1, 2, 0, 0, 0, 0, 0, 1, 0, 0], error: .referencesInStatistics),
        Refused(content: [1, 2, 0, 0, 0, 0, 0, 0, 0], error: .trailing),
    ])
    func requestIsRefused(_ row: Refused) {
        #expect(throws: row.error) { try VerifierRequest(content: row.content) }
    }

    @Test(arguments: [
        Refused(content: [], error: .cut),
        Refused(content: [2, 0, 0], error: .version(2)),
        Refused(content: [1, 0, 0], error: .count(0, expected: 1)),
        Refused(content: [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], error: .count(2, expected: 1)),
        Refused(content: [1, 0, 1], error: .cut),
        Refused(content: [1, 0, 1, 0], error: .cut),
        Refused(content: [1, 0, 1, 0, 0], error: .cut),
        Refused(content: [1, 0, 1, 0, 0, 3, 0, 0], error: .state(3)),
        Refused(content: [1, 0, 1, 0, 0, 0, 0], error: .cut),
        Refused(content: [1, 0, 1, 0, 0, 0, 0, 0, 0], error: .trailing),
        Refused(content: [1, 0, 1, 0, 0, 1, 0, 0], error: .digest),
        Refused(content: [1, 0, 1, 0, 0, 2, 0, 1, 0x61], error: .digest),
        Refused(content: [1, 0, 1, 0, 0, 1, 0, 71] + digest.dropLast() + [0x41], error: .digest),
        Refused(content: [1, 0, 1, 0, 0, 0, 0, 71] + digest, error: .digest),
        Refused(content: [1, 0, 1, 0, 0, 1, 0, 72] + digest + [0x30], error: .digest),
    ])
    func answersAreRefused(_ row: Refused) {
        #expect(throws: row.error) { try VerifierAnswer.reply(in: row.content, to: 1) }
    }

    @Test func whatFitsInNoFrameIsNotSent() {
        let long = [UInt8](repeating: 0x61, count: 65_536)
        #expect(throws: VerifierProtocolError.referenceTooLong(65_536)) {
            try VerifierRequest.ask([long], deadline: 0).frame()
        }
        #expect(throws: VerifierProtocolError.tooManyReferences(10_001)) {
            try VerifierRequest.ask(Array(repeating: [], count: 10_001), deadline: 0).frame()
        }
        #expect(throws: VerifierProtocolError.frameTooLong(8 + 65 * 65_537)) {
            try VerifierRequest.ask(Array(repeating: Array(long.dropLast()), count: 65), deadline: 0).frame()
        }
        #expect(throws: VerifierProtocolError.digest) { try VerifierAnswer.frame([.present(digest: long)]) }
    }

    @Test func rubbishNeverTraps() throws {
        var random = SplitMix64(seed: 11)
        let frame = try VerifierRequest.ask([Array("r.example/a".utf8), Self.digest], deadline: 9).frame()
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = frame
            for _ in 0..<1 + random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            var buffer = FrameBuffer()
            buffer.append(bytes.span)
            do {
                guard let content = try buffer.next() else { continue }
                _ = try? VerifierAnswer.reply(in: content, to: 2)
                _ = try VerifierRequest(content: content)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1000)
    }
}
