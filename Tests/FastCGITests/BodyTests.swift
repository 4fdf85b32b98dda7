internal import FastCGI
internal import Posix
internal import Testing

@Suite struct BodyTests {
    static let body = Array("{\"kind\":\"AdmissionReview\"}".utf8)

    @Test(arguments: [1, 2, 7, 8, 26, 32_768])
    func comesWholeHoweverItIsSplit(_ size: Int) throws {
        let service = try Service()
        let answer = try service.exchange(Record.post(Self.body, size: size))
        #expect(answer.isComplete)
        #expect(answer.head.hasPrefix("Status: 200 OK\r\n"))
        #expect(answer.body == Self.body)
        #expect(service.log.now.bodies == [Self.body])
    }

    @Test(arguments: [0, 1, 8_183, 8_184, 8_185, 262_144, 262_145, 3_000_001])
    func comesWholeWhateverItsLength(_ count: Int) throws {
        let service = try Service()
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) }
        let client = try Client(service.path)
        // What the server writes back has to be read while the rest is sent.
        let writer = try Thread(name: "writer", stackSize: 1 << 18) { try? client.send(Record.post(body)) }
        let answer = try client.receive()
        writer.join()
        #expect(answer.isComplete)
        #expect(answer.body == body)
    }

    /// The connection ends after each byte of a small request, half-closed or closed.
    @Test(arguments: [true, false])
    func isNeverHandedOverCut(_ isHalfClosed: Bool) throws {
        let service = try Service()
        let whole = Record.post(Self.body, size: 10)
        for count in 0..<whole.count {
            let client = try Client(service.path)
            try client.send(Array(whole[..<count]))
            if isHalfClosed {
                try client.descriptor.shutdown(.write)
                let answer = try client.receive()
                #expect(!answer.head.hasPrefix("Status: 200"), "cut at \(count)")
            }
        }
        #expect(service.log.wait { $0.released == whole.count })
        #expect(service.log.now.bodies.isEmpty)
        #expect(try service.exchange(whole).body == Self.body)
    }

    struct Length {
        let text: String?
        let error: BodyError
    }

    /// For a body of 26 bytes and a limit of 4 MiB.
    @Test(arguments: [
        Length(text: nil, error: .lengthMissing),
        Length(text: "", error: .lengthMissing),
        Length(text: "-1", error: .lengthInvalid("-1")),
        Length(text: "+26", error: .lengthInvalid("+26")),
        Length(text: " 26", error: .lengthInvalid(" 26")),
        Length(text: "26 ", error: .lengthInvalid("26 ")),
        Length(text: "26, 26", error: .lengthInvalid("26, 26")),
        Length(text: "0x1a", error: .lengthInvalid("0x1a")),
        Length(text: "2\u{0666}", error: .lengthInvalid("2\u{0666}")),
        Length(text: "26\n", error: .lengthInvalid("26\n")),
        Length(text: "1e1", error: .lengthInvalid("1e1")),
        Length(text: "99999999999999999999x", error: .lengthInvalid("99999999999999999999x")),
        Length(text: "4194305", error: .tooLarge(limit: 4_194_304)),
        Length(text: "9223372036854775807", error: .tooLarge(limit: 4_194_304)),
        Length(text: "9223372036854775808", error: .tooLarge(limit: 4_194_304)),
        Length(text: "18446744073709551642", error: .tooLarge(limit: 4_194_304)),
        Length(text: "0", error: .surplus(announced: 0)),
        Length(text: "25", error: .surplus(announced: 25)),
        Length(text: "27", error: .cut(received: 26, announced: 27, cause: nil)),
        Length(text: "4194304", error: .cut(received: 26, announced: 4_194_304, cause: nil)),
    ])
    func wrongLengthIsRefused(_ row: Length) throws {
        let service = try Service()
        let answer = try service.exchange(Record.post(Self.body, length: row.text))
        #expect(answer.head.hasPrefix("Status: 400 Bad Request\r\n"))
        #expect(service.log.now.errors == [row.error])
        #expect(service.log.now.bodies.isEmpty)
    }

    /// Zeros before it are digits, too.
    @Test(arguments: ["26", "026", "0000000000000000000000000000026"])
    func digitsAreTaken(_ text: String) throws {
        let service = try Service()
        #expect(try service.exchange(Record.post(Self.body, length: text)).body == Self.body)
    }

    @Test func silenceEndsInATimeout() throws {
        let service = try Service(threads: 1, ioTimeout: .seconds(1))
        let whole = Record.post(Self.body)
        let client = try Client(service.path)
        try client.send(Array(whole.dropLast(8 + 6)))
        #expect(try client.receive().head.hasPrefix("Status: 400"))
        #expect(service.log.now.errors == [.cut(received: 20, announced: 26, cause: .timedOut)])
    }

    @Test func abortedRequestIsCut() throws {
        let service = try Service()
        let pairs = [("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "26")]
        let abort: UInt8 = 2
        let answer = try service.exchange(
            Record.begin() + Record.parameters(pairs) + Record.make(Record.stdin, Array(Self.body[..<13]))
                + Record.make(abort, []) + Record.input(Array(Self.body[13...])))
        #expect(answer.head.hasPrefix("Status: 400"))
        #expect(service.log.now.errors == [.cut(received: 13, announced: 26, cause: .cutOrMalformed)])
    }

    /// libfcgi 2.4.2 loses the content of the record that comes after an empty one of another request.
    @Test func recordLostByTheLibraryIsNoticed() throws {
        let service = try Service()
        let pairs = [("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "26")]
        let answer = try service.exchange(
            Record.begin() + Record.parameters(pairs) + Record.make(Record.stdin, Array(Self.body[..<13]))
                + Record.make(Record.stdin, [], id: 2) + Record.input(Array(Self.body[13...])))
        #expect(answer.head.hasPrefix("Status: 400"))
        #expect(service.log.now.errors == [.cut(received: 13, announced: 26, cause: nil)])
    }

    /// The buffer of a large body is not kept, that of a small one is.
    @Test func buffersShrinkAfterLargeBodies() throws {
        let service = try Service(threads: 1)
        let large = [UInt8](repeating: 0x20, count: Request.keptCapacity + 1)
        for body in [large, Self.body, Array(large[..<1000]), Self.body] {
            let client = try Client(service.path)
            let writer = try Thread(name: "writer", stackSize: 1 << 18) { try? client.send(Record.post(body)) }
            #expect(try client.receive().body == body)
            writer.join()
        }
        let capacities = service.log.now.capacities
        #expect(capacities.count == 4)
        #expect(capacities[0] > Request.keptCapacity)
        #expect(capacities[1] < 1000)
        #expect(capacities[2] >= 1000)
        // Kept, though perhaps copied to a block of another size.
        #expect(capacities[3] >= 1000)
    }

    @Test func trimKeepsWhatIsSmall() {
        var small = [UInt8](repeating: 1, count: 100)
        Request.trim(&small)
        #expect(small.count == 100)
        var large = [UInt8](repeating: 1, count: Request.keptCapacity + 1)
        Request.trim(&large)
        #expect(large.capacity == 0)
    }
}
