// Which texts are image references, and where their parts stand.

import ImageSwap
import Testing

struct ImageReferenceTests {
    struct Accepted: CustomTestStringConvertible {
        let text: String
        var host = ""
        var port = ""
        let path: String
        var tag = ""
        var digest = ""

        var testDescription: String { text }
    }

    static let sha256 = "sha256:" + repeated("0123456789abcdef", 4)
    static let sha384 = "sha384:" + repeated("0123456789abcdef", 6)
    static let sha512 = "sha512:" + repeated("0123456789abcdef", 8)

    static let accepted: [Accepted] = [
        // paths
        Accepted(text: "nginx", path: "nginx"),
        Accepted(text: "0", path: "0"),
        Accepted(text: "library/nginx", path: "library/nginx"),
        Accepted(text: "a/b/c/d", path: "a/b/c/d"),
        Accepted(text: "a.b", path: "a.b"),
        Accepted(text: "a_b", path: "a_b"),
        Accepted(text: "a__b", path: "a__b"),
        Accepted(text: "a-b", path: "a-b"),
        Accepted(text: "a--b", path: "a--b"),
        Accepted(text: "a-----b", path: "a-----b"),
        Accepted(text: "x/a.b_c__d-e/0.1", path: "x/a.b_c__d-e/0.1"),
        Accepted(text: repeated("a", 255), path: repeated("a", 255)),
        Accepted(text: "a.io/" + repeated("a", 255), host: "a.io", path: repeated("a", 255)),
        // distribution refuses a name that could be an image's ID; a kubelet never sees one on its own
        Accepted(text: repeated("a", 64), path: repeated("a", 64)),
        // registries
        Accepted(text: "docker.io/nginx", host: "docker.io", path: "nginx"),
        Accepted(text: "a.io/x/y", host: "a.io", path: "x/y"),
        Accepted(text: "a.io:5000/x", host: "a.io", port: ":5000", path: "x"),
        Accepted(text: "host:5000/x", host: "host", port: ":5000", path: "x"),
        Accepted(text: "localhost/x", host: "localhost", path: "x"),
        Accepted(text: "localhost:5000/x", host: "localhost", port: ":5000", path: "x"),
        Accepted(text: "LOCALHOST/x", host: "LOCALHOST", path: "x"),
        Accepted(text: "Registry/x", host: "Registry", path: "x"),
        Accepted(text: "A.IO/x", host: "A.IO", path: "x"),
        Accepted(text: "a-b--c.io/x", host: "a-b--c.io", path: "x"),
        Accepted(text: "xn--bcher-kva.example/x", host: "xn--bcher-kva.example", path: "x"),
        Accepted(text: "10.0.0.1/x", host: "10.0.0.1", path: "x"),
        Accepted(text: "10.0.0.1:5000/x", host: "10.0.0.1", port: ":5000", path: "x"),
        Accepted(text: "[::1]/x", host: "[::1]", path: "x"),
        Accepted(text: "[2001:DB8::1]:5000/x", host: "[2001:DB8::1]", port: ":5000", path: "x"),
        // a port is any digits, as distribution has it
        Accepted(text: "a.io:0443/x", host: "a.io", port: ":0443", path: "x"),
        Accepted(text: "a.io:99999999/x", host: "a.io", port: ":99999999", path: "x"),
        // so is what stands in brackets
        Accepted(text: "[:::]/x", host: "[:::]", path: "x"),
        // what looks like a registry is none without a "/" behind it
        Accepted(text: "localhost", path: "localhost"),
        Accepted(text: "localhosts/x", path: "localhosts/x"),
        Accepted(text: "a.io", path: "a.io"),
        Accepted(text: "a.io:5000", path: "a.io", tag: "5000"),
        // and what looks like a tag is a port with one
        Accepted(text: "x:1/y", host: "x", port: ":1", path: "y"),
        // tags
        Accepted(text: "x:1", path: "x", tag: "1"),
        Accepted(text: "x:_", path: "x", tag: "_"),
        Accepted(text: "x:V1.2.3-rc_1.-", path: "x", tag: "V1.2.3-rc_1.-"),
        Accepted(text: "x:" + repeated("t", 128), path: "x", tag: repeated("t", 128)),
        Accepted(text: "a.io:5000/x/y:5000", host: "a.io", port: ":5000", path: "x/y", tag: "5000"),
        // digests
        Accepted(text: "x@" + sha256, path: "x", digest: sha256),
        Accepted(text: "x@" + sha384, path: "x", digest: sha384),
        Accepted(text: "x@" + sha512, path: "x", digest: sha512),
        Accepted(text: "x:1@" + sha256, path: "x", tag: "1", digest: sha256),
        Accepted(
            text: "a.io:1/x/y:1@" + sha512, host: "a.io", port: ":1", path: "x/y", tag: "1", digest: sha512),
    ]

    @Test(arguments: accepted)
    func aReferenceIsReadIntoItsParts(row: Accepted) throws {
        let text = Array(row.text.utf8)
        let reference = try ImageReference(text.span)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        #expect(part(0..<reference.hostEnd) == row.host)
        #expect(part(reference.hostEnd..<reference.registryEnd) == row.port)
        #expect(part(reference.path) == row.path)
        #expect(part(reference.tag) == row.tag)
        #expect(part(reference.digest) == row.digest)
        #expect(reference.hasRegistry == !row.host.isEmpty)
        #expect(reference.hasPort == !row.port.isEmpty)
    }

    struct Refused: CustomTestStringConvertible {
        let text: String
        let reason: ImageReferenceError.Reason
        let offset: Int

        init(_ text: String, _ reason: ImageReferenceError.Reason, at offset: Int) {
            self.text = text
            self.reason = reason
            self.offset = offset
        }

        var testDescription: String { text.debugDescription }
    }

    static let refusedPaths: [Refused] = [
        Refused("", .path, at: 0),
        Refused("/", .path, at: 0),
        Refused("/x", .path, at: 0),
        Refused("x/", .path, at: 2),
        Refused("x//y", .path, at: 2),
        Refused("a.io/", .path, at: 5),
        Refused("a.io//x", .path, at: 5),
        Refused(".a", .path, at: 0),
        Refused("a.", .path, at: 2),
        Refused("_a", .path, at: 0),
        Refused("a_", .path, at: 2),
        Refused("a__", .path, at: 3),
        Refused("-a", .path, at: 0),
        Refused("a-", .path, at: 2),
        Refused("a--", .path, at: 3),
        Refused("a___b", .path, at: 3),
        Refused("a..b", .path, at: 2),
        Refused("a._b", .path, at: 2),
        Refused("a-.b", .path, at: 2),
        Refused("a_-b", .path, at: 2),
        Refused("a/.b", .path, at: 2),
        Refused("a-/b", .path, at: 2),
        Refused("a:1/", .path, at: 4),
        Refused(":", .path, at: 0),
        Refused(":1", .path, at: 0),
        Refused("@" + sha256, .path, at: 0),
        Refused("X", .path, at: 0),
        Refused("a.io/X", .path, at: 5),
        Refused("localhost/X", .path, at: 10),
        Refused("Nginx:1", .path, at: 0),
        Refused("nginX", .unexpectedCharacter, at: 4),
        Refused(" a", .path, at: 0),
        Refused("a ", .unexpectedCharacter, at: 1),
        Refused("a b", .unexpectedCharacter, at: 1),
        Refused("a\n", .unexpectedCharacter, at: 1),
        Refused("\ta", .path, at: 0),
        Refused("a\0", .unexpectedCharacter, at: 1),
        Refused("\u{feff}a", .path, at: 0),
        Refused("é", .path, at: 0),
        Refused("caf\u{e9}", .unexpectedCharacter, at: 3),
        Refused("a\u{301}", .unexpectedCharacter, at: 1),
        Refused("\u{ff41}", .path, at: 0),
        Refused("\u{661}", .path, at: 0),
        Refused("a\"b", .unexpectedCharacter, at: 1),
        Refused("a\\b", .unexpectedCharacter, at: 1),
        Refused("a*", .unexpectedCharacter, at: 1),
        Refused(repeated("a", 256), .pathTooLong, at: 0),
        Refused("a.io/" + repeated("a", 256), .pathTooLong, at: 5),
        Refused(repeated("a/", 127) + "ab:tag", .pathTooLong, at: 0),
    ]

    static let refusedRegistries: [Refused] = [
        Refused("-a.io/x", .registry, at: 2),
        Refused("a-.io/x", .registry, at: 2),
        Refused("a..io/x", .registry, at: 2),
        Refused(".a/x", .registry, at: 0),
        Refused("a./x", .registry, at: 1),
        Refused("./x", .registry, at: 0),
        Refused("../x", .registry, at: 0),
        Refused("a_b.io/x", .registry, at: 1),
        Refused("A_B/x", .registry, at: 1),
        Refused("a.io /x", .registry, at: 4),
        Refused(" a.io/x", .registry, at: 0),
        Refused("ü.io/x", .registry, at: 0),
        Refused("a.io:/x", .registry, at: 4),
        Refused(":5000/x", .registry, at: 0),
        Refused(":/x", .registry, at: 0),
        Refused("http://a.io/x", .registry, at: 4),
        Refused("a@b.io/x", .registry, at: 1),
        Refused("a.io:x/y", .port, at: 5),
        Refused("a.io:1a/y", .port, at: 6),
        Refused("a.io:-1/y", .port, at: 5),
        Refused("a.io:1:2/y", .port, at: 6),
        Refused("x:tag/y", .port, at: 2),
        Refused("[::1/x", .registry, at: 4),
        Refused("[]:5000/x", .registry, at: 1),
        Refused("[]/x", .path, at: 0),
        Refused("[::g]/x", .registry, at: 3),
        Refused("[::1%eth0]/x", .registry, at: 4),
        Refused("[::1]x/y", .registry, at: 5),
        Refused("[::1]:/x", .registry, at: 5),
        Refused("[::1]:x/y", .port, at: 6),
        Refused("[[::1]]/x", .registry, at: 1),
        Refused("::1/x", .registry, at: 0),
    ]

    static let refusedVersions: [Refused] = [
        Refused("x:", .tag, at: 2),
        Refused("x:-a", .tag, at: 2),
        Refused("x:.a", .tag, at: 2),
        Refused("x:é", .tag, at: 2),
        Refused("x: 1", .tag, at: 2),
        Refused("x::1", .tag, at: 2),
        Refused("x:@" + sha256, .tag, at: 2),
        Refused("x:1:2", .unexpectedCharacter, at: 3),
        Refused("x:1 ", .unexpectedCharacter, at: 3),
        Refused("x:1+2", .unexpectedCharacter, at: 3),
        Refused("a/b:tag/c", .unexpectedCharacter, at: 7),
        Refused("x:" + repeated("t", 129), .tagTooLong, at: 2),
        Refused("x@", .digestAlgorithm, at: 2),
        Refused("x@latest", .digestAlgorithm, at: 2),
        Refused("x@sha256", .digestAlgorithm, at: 2),
        Refused("x@sha1:" + repeated("0", 40), .digestAlgorithm, at: 2),
        Refused("x@md5:" + repeated("0", 32), .digestAlgorithm, at: 2),
        Refused("x@SHA256:" + repeated("0", 64), .digestAlgorithm, at: 2),
        Refused("x@sha256:", .digestLength, at: 2),
        Refused("x@sha256:" + repeated("0", 63), .digestLength, at: 2),
        Refused("x@sha256:" + repeated("0", 65), .digestLength, at: 2),
        Refused("x@sha256:" + repeated("0", 128), .digestLength, at: 2),
        Refused("x@sha384:" + repeated("0", 95), .digestLength, at: 2),
        Refused("x@sha384:" + repeated("0", 97), .digestLength, at: 2),
        Refused("x@sha512:" + repeated("0", 64), .digestLength, at: 2),
        Refused("x@sha512:" + repeated("0", 127), .digestLength, at: 2),
        Refused("x@" + sha256 + ":1", .digestLength, at: 2),
        Refused("x@" + sha256 + "@" + sha256, .digestLength, at: 2),
        Refused("x@sha256:" + repeated("A", 64), .digest, at: 9),
        Refused("x@sha256:" + repeated("0", 63) + "g", .digest, at: 72),
        Refused("x@sha512:" + repeated("0", 127) + "F", .digest, at: 136),
        Refused("x@sha256:" + repeated("0", 62) + "é", .digest, at: 71),
    ]

    @Test(arguments: refusedPaths + refusedRegistries + refusedVersions)
    func anythingElseIsRefusedWithItsReasonAndPlace(row: Refused) {
        let error = #expect(throws: ImageReferenceError.self) { try ImageReference(Array(row.text.utf8).span) }
        #expect(error?.reason == row.reason)
        #expect(error?.offset == row.offset)
    }

    @Test func ofSingleBytesOnlyLowerCaseLettersAndDigitsAreReferences() {
        for byte in UInt8.min...UInt8.max {
            let isReference = (try? ImageReference([byte].span)) != nil
            let isExpected = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8).contains(byte)
            #expect(isReference == isExpected, "byte \(byte)")
        }
    }

    @Test func noByteOfAReferenceNeedsAnEscapeInJSON() {
        let sample = Array(("A-b.io:5000/x__y-z:T.a_g-1@" + Self.sha256).utf8)
        for index in sample.indices {
            for byte in UInt8.min...UInt8.max where byte < 0x21 || byte > 0x7e || byte == 0x22 || byte == 0x5c {
                var text = sample
                text[index] = byte
                #expect((try? ImageReference(text.span)) == nil, "byte \(byte) at \(index)")
                text.insert(byte, at: index)
                #expect((try? ImageReference(text.span)) == nil, "byte \(byte) twice at \(index)")
            }
        }
    }
}
