// A verifier that is down, slow or answers rubbish leaves images unknown, and no question outlives its deadline.

import Admission
import Posix
import Responder
import TestSupport
import Testing
import VerifierProtocol

struct VerifierClientTests {
    private static func names(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    /// - Parameter within: What a question may take at most, with the machine busy.
    private static func ask(
        _ client: VerifierClient, _ images: [[UInt8]], within most: Duration = .seconds(5)
    ) -> (presence: [Presence], outcome: VerifierClient.Outcome) {
        let start = MonotonicTime.now
        let answer = client.ask(images)
        #expect(MonotonicTime.now - start < most)
        return answer
    }

    private static let present = Presence.present(digest: StandInVerifier.digest)

    @Test func answersComeInTheOrderOfTheQuestionsOnOneConnection() throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket)
        defer { verifier.stop() }
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(5))
        for _ in 0..<3 {
            let (presence, outcome) = Self.ask(client, Self.names("a.io/there", "a.io/gone"))
            #expect(presence == [Self.present, .absent])
            #expect(outcome == .answered)
        }
        let (presence, outcome) = Self.ask(client, Self.names("a.io/there", "a.io/who"))
        #expect(presence == [Self.present, .unknown])
        #expect(outcome == .incomplete)
        #expect(verifier.connections == 1)
        #expect(verifier.questions == 4)
        #expect(client.lastFailure == nil)
        #expect(client.statistics() == Array("imageswap_verifier_x 1\n".utf8))
    }

    /// A second at most, whatever the verifier says: what it says may have become wrong since.
    @Test func answersThatLastAreNotAskedForAgainMeanwhile() throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket, .lasting(milliseconds: 60_000))
        defer { verifier.stop() }
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(5))
        let start = MonotonicTime.now
        for _ in 0..<1000 {
            #expect(client.ask(Self.names("a.io/there", "a.io/who")).presence == [Self.present, .unknown])
        }
        // One question a second.
        let seconds = (MonotonicTime.now - start).wholeMilliseconds / 1000
        #expect(verifier.questions <= 1 + Int(seconds))
        // Only what is not known is asked for.
        let (presence, outcome) = Self.ask(client, Self.names("a.io/gone", "a.io/there", "b.io/there"))
        #expect(presence == [.absent, Self.present, Self.present])
        #expect(outcome == .answered)
        #expect(client.ask(Self.names("a.io/who")).outcome == .incomplete)
        let asked = verifier.questions
        verifier.behave(.answers)
        Thread.sleep(milliseconds: 1100)
        #expect(Self.ask(client, Self.names("a.io/there")).presence == [Self.present])
        #expect(verifier.questions == asked + 1)
        #expect(Self.ask(client, Self.names("a.io/there")).presence == [Self.present])
        #expect(verifier.questions == asked + 2)
    }

    @Test func whatIsKnownCountsWhereTheRestIsNotAnswered() throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket, .lasting(milliseconds: 60_000))
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(5))
        // It may take longer than an answer lasts until the second question comes.
        var answer = (presence: [Presence](), outcome: VerifierClient.Outcome.answered)
        for _ in 0..<20 where !answer.presence.contains(Self.present) {
            verifier.behave(.lasting(milliseconds: 60_000))
            #expect(client.ask(Self.names("a.io/there")).outcome == .answered)
            verifier.behave(.closes)
            answer = client.ask(Self.names("b.io/there", "a.io/there"))
        }
        verifier.stop()
        #expect(answer.presence == [.unknown, Self.present])
        #expect(answer.outcome == .unreachable)
    }

    @Test func aReviewOfThousandsOfImagesIsOneQuestion() throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket)
        defer { verifier.stop() }
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(10))
        let images = (0..<12_000).map { Array("registry.example.com/\($0)/there".utf8) }
        let (presence, outcome) = Self.ask(client, images, within: .seconds(20))
        // What is over the protocol's limit is unknown.
        #expect(presence == Array(repeating: Self.present, count: VerifierFrame.mostReferences))
        #expect(outcome == .incomplete)
        #expect(verifier.questions == 1)
    }

    @Test func withoutAVerifierItIsUnknownAtOnceAndSaid() throws {
        let folder = try SocketFolder()
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(60))
        let (presence, outcome) = Self.ask(client, Self.names("a.io/there"))
        #expect(presence.isEmpty)
        #expect(outcome == .unreachable)
        #expect(client.lastFailure?.contains(folder.socket) == true)
        #expect(client.statistics() == nil)
        // It is asked as soon as it is there.
        let verifier = try StandInVerifier(at: folder.socket)
        defer { verifier.stop() }
        #expect(Self.ask(client, Self.names("a.io/there")).outcome == .answered)
        #expect(client.lastFailure == nil)
    }

    @Test func oneThatWasStartedAnewIsAskedAgainWithinTheSameReview() throws {
        let folder = try SocketFolder()
        let first = try StandInVerifier(at: folder.socket)
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(30))
        #expect(Self.ask(client, Self.names("a.io/there")).outcome == .answered)
        first.stop()
        let second = try StandInVerifier(at: folder.socket)
        defer { second.stop() }
        #expect(Self.ask(client, Self.names("a.io/there")).outcome == .answered)
        #expect(second.questions == 1)
    }

    @Test(arguments: [
        [0xff, 0xff, 0xff, 0xff], Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), [0, 0, 0, 1, 2], [0, 0, 0, 0],
        // an answer to two questions, a present one without a digest, one with rubbish for a digest
        [0, 0, 0, 11, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 8, 1, 0, 1, 0, 0, 1, 0, 0],
        [0, 0, 0, 9, 1, 0, 1, 0, 0, 1, 0, 1, 7],
        // more than an answer
        [0, 0, 0, 8, 1, 0, 1, 0, 0, 2, 0, 0, 9],
    ])
    func rubbishIsUnknown(bytes: [UInt8]) throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket, .says(bytes))
        defer { verifier.stop() }
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(30))
        let (presence, outcome) = Self.ask(client, Self.names("a.io/there"))
        #expect(presence.isEmpty)
        #expect(outcome == .unreachable)
        // And nothing of it is left for the next question.
        verifier.behave(.answers)
        #expect(Self.ask(client, Self.names("a.io/there")).presence == [Self.present])
    }

    @Test func oneThatClosesIsUnreachable() throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket, .closes)
        defer { verifier.stop() }
        let client = VerifierClient(socket: folder.socket, deadline: .seconds(30))
        #expect(Self.ask(client, Self.names("a.io/there")).outcome == .unreachable)
    }

    /// What half an answer looks like for as long as nothing follows, too.
    @Test(arguments: [StandInVerifier.Behaviour.silent, .says([0, 0, 0]), .says([0, 0, 0, 6, 1, 0])])
    func oneThatDoesNotAnswerInTimeIsLeftAloneForAWhile(behaviour: StandInVerifier.Behaviour) throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket, behaviour)
        defer { verifier.stop() }
        let client = VerifierClient(socket: folder.socket, deadline: .milliseconds(100))
        let start = MonotonicTime.now
        #expect(Self.ask(client, Self.names("a.io/there")).outcome == .late)
        #expect(MonotonicTime.now - start >= .milliseconds(100))
        for _ in 0..<20 { #expect(Self.ask(client, Self.names("a.io/there")).outcome == .late) }
        #expect(client.lastFailure != nil)
        // It costs nothing meanwhile, and is asked again every two seconds.
        let seconds = (MonotonicTime.now - start).wholeMilliseconds / 1000
        #expect(verifier.questions <= 1 + Int(seconds) / 2)
        verifier.behave(.answers)
        while client.ask(Self.names("a.io/there")).outcome == .late { Thread.sleep(milliseconds: 20) }
        #expect(verifier.questions >= 1)
    }

    /// The answer to an earlier question is never taken for that to a later one.
    @Test func anAnswerThatComesTooLateIsNobodys() throws {
        let folder = try SocketFolder()
        let verifier = try StandInVerifier(at: folder.socket, .slow(milliseconds: 1500))
        defer { verifier.stop() }
        let client = VerifierClient(socket: folder.socket, deadline: .milliseconds(100))
        #expect(Self.ask(client, Self.names("a.io/gone")).outcome == .late)
        verifier.behave(.answers)
        var answer = client.ask(Self.names("a.io/there"))
        while answer.outcome == .late {
            Thread.sleep(milliseconds: 20)
            answer = client.ask(Self.names("a.io/there"))
        }
        #expect(answer.presence == [Self.present])
    }

    @Test func aPathThatNoSocketCanHaveIsSaid() {
        let client = VerifierClient(socket: String(repeating: "x", count: 200), deadline: .seconds(1))
        #expect(client.ask(Self.names("a.io/there")).outcome == .unreachable)
    }
}
