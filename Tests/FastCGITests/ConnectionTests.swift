internal import FastCGI
internal import Posix
internal import Synchronization
internal import Testing

/// Peers that behave, and peers that do not: a thread gets free of each.
@Suite struct ConnectionTests {
    /// Connections that bring no request: they get no answer, and the only thread goes on to serve others.
    @Test(
        arguments: [
            [],
            [1],
            Array(Record.begin()[..<7]),
            Record.begin(),
            Record.begin() + Array(Record.parameters([("REQUEST_METHOD", "GET")])[..<20]),
        ] as [[UInt8]])
    func unfinishedHeaderTimesOut(_ bytes: [UInt8]) throws {
        let service = try Service(threads: 1, ioTimeout: .milliseconds(200))
        let client = try Client(service.path)
        try? client.send(bytes)
        #expect(service.servesOn())
        #expect(try client.receive().bytes.isEmpty)
        #expect(service.log.now.writes == [true])
    }

    /// Requests that no web server sends. Roles: 1 is the responder's, 2 and 3 libfcgi lets pass.
    @Test(
        arguments: [
            [9, 9, 9, 9, 9, 9, 9, 9],
            Record.make(77, [1, 2, 3]),
            Record.input([1, 2, 3]),
            Record.begin(role: 0),
            Record.begin(role: 2) + Record.parameters([]) + Record.input([]),
            Record.begin(role: 3) + Record.parameters([]) + Record.input([]),
            Record.begin(role: 4) + Record.parameters([]) + Record.input([]),
            Record.begin() + Record.make(Record.params, [5, 5, 0x41]) + Record.make(Record.params, []),
        ] as [[UInt8]])
    func nonsenseIsClosed(_ bytes: [UInt8]) throws {
        let service = try Service(threads: 1, ioTimeout: .milliseconds(200))
        let client = try Client(service.path)
        // Not all of it is read: the server may close while this is written, and the end is an error then.
        try? client.send(bytes)
        let answer = try? client.receive()
        #expect(answer?.output ?? [] == [])
        #expect(service.servesOn())
    }

    @Test func keptConnectionIsClosedAfterOneAnswer() throws {
        let service = try Service(threads: 1, ioTimeout: .seconds(20))
        let client = try Client(service.path)
        try client.send(Record.post([0x61], keep: true))
        // It would wait for the end in vain if the connection were kept.
        let answer = try client.receive()
        #expect(answer.isComplete)
        #expect(answer.body == [0x61])
        #expect(service.servesOn())
    }

    /// libfcgi's own close would wait for each of these peers for 2 s.
    @Test func peerThatDoesNotCloseHoldsNoThread() throws {
        let service = try Service(threads: 1)
        let start = MonotonicTime.now
        var clients: [Client] = []
        for _ in 0..<5 {
            let client = try Client(service.path)
            try client.send(Record.post([0x61]))
            #expect(try client.receive().body == [0x61])
            clients.append(client)
        }
        // Measured: 0.7 ms.
        #expect(MonotonicTime.now - start < .seconds(5))
        withExtendedLifetime(clients) {}
    }

    /// Nor after a header that libfcgi refuses, where the close is libfcgi's.
    @Test func refusedPeerHoldsNoThread() throws {
        let service = try Service(threads: 1)
        let start = MonotonicTime.now
        var clients: [Client] = []
        for _ in 0..<5 {
            let client = try Client(service.path)
            try client.send(Record.begin(role: 4))
            #expect(try client.receive().bytes.isEmpty)
            clients.append(client)
        }
        // Measured: 0.3 ms.
        #expect(MonotonicTime.now - start < .seconds(5))
        withExtendedLifetime(clients) {}
    }

    @Test func peerThatDoesNotReadIsGivenUp() throws {
        let service = try Service(threads: 1, ioTimeout: .seconds(1))
        let client = try Client(service.path)
        try client.send(Record.get("/big/3000000"))
        #expect(service.servesOn())
        #expect(service.log.now.writes == [false, true])
        #expect(try !client.receive().isComplete)
    }

    /// The process would end by SIGPIPE.
    @Test func peerThatIsGoneIsNoCrash() throws {
        let service = try Service(threads: 1)
        do {
            let client = try Client(service.path)
            try client.send(Record.get("/held"))
            #expect(service.log.wait { $0.accepted == 1 })
            // A process that another test starts just now has a copy of the descriptor until it runs its program.
            try client.descriptor.shutdown(.both)
        }
        service.log.gate.signal()
        #expect(service.log.wait { $0.released == 1 })
        #expect(service.log.now.writes == [false])
        #expect(service.servesOn())
    }

    @Test func slowReaderGetsAllOfALargeAnswer() throws {
        let service = try Service()
        let client = try Client(service.path)
        try client.send(Record.get("/big/3000000"))
        #expect(service.log.wait { $0.accepted == 1 })
        let answer = try client.receive()
        #expect(answer.isComplete)
        #expect(answer.body.count == 3_000_000)
    }

    /// The answer is written and the connection closed before the peer reads a byte: with all input read, by close(2)
    /// alone. It lies in the peer's queue.
    @Test(arguments: [1, 1_000, 100_000])
    func answerOutlivesTheConnection(_ count: Int) throws {
        let service = try Service(threads: 1)
        let client = try Client(service.path)
        try client.send(Record.get("/big/\(count)"))
        #expect(service.log.wait { $0.released == 1 })
        let answer = try client.receive()
        #expect(answer.isComplete)
        #expect(answer.body.count == count)
    }

    /// The request is answered long before all of it is sent. A plain close would fail the peer's writing.
    @Test func unreadInputIsTakenUntilThePeerIsDone() throws {
        let service = try Service(threads: 1, ioTimeout: .seconds(20))
        let client = try Client(service.path)
        try client.send(Record.post([UInt8](repeating: 0x20, count: 3_000_000), uri: "/big/1000"))
        try client.descriptor.shutdown(.write)
        let answer = try client.receive()
        #expect(answer.isComplete)
        #expect(answer.body.count == 1000)
        #expect(service.log.now.writes == [true])
    }

    /// Even unread input does not take back what was written, only the end of the connection is an error then.
    @Test func unreadInputLosesNoAnswer() throws {
        let service = try Service(threads: 1, ioTimeout: .seconds(1))
        let client = try Client(service.path)
        try client.send(Record.post([UInt8](repeating: 0x20, count: 100_000), uri: "/big/1000"))
        // Neither closing nor reading: the server lingers for its time, then closes.
        #expect(service.log.wait { $0.released == 1 })
        #expect(try client.receive().body.count == 1000)
    }

    /// A peer that sends byte after byte is not read for longer than the time limit.
    @Test func drippingPeerIsGivenUp() throws {
        let service = try Service(threads: 1, ioTimeout: .seconds(1))
        let client = try Client(service.path)
        try client.send(Record.post([UInt8](repeating: 0x20, count: 10_000), length: "20000", uri: "/big/1"))
        let isOver = WakeFlag()
        let dripper = try Thread(name: "dripper", stackSize: 1 << 18) {
            while !isOver.isSet, (try? client.send([1])) != nil { isOver.pause(milliseconds: 5) }
        }
        #expect(service.servesOn())
        isOver.set()
        dripper.join()
    }

    @Test func manyClientsAreAllAnswered() throws {
        let service = try Service(threads: 4)
        let answered = Atomic(0)
        let path = service.path
        try withThreads(64) { number in
            for round in 0..<10 {
                let body = Array("\(number)/\(round)".utf8)
                if let answer = try? Client.exchange(path, Record.post(body)), answer.isComplete, answer.body == body {
                    answered.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(answered.load(ordering: .relaxed) == 640)
        #expect(service.log.wait { $0.released == 640 })
    }
}
