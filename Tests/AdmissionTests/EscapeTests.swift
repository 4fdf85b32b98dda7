// What a string with escapes means, where its text is copied out of the body.

import Admission
import ImageSwap
import Testing

struct EscapeTests {
    /// A string's meaning, as the namespace of a review.
    static func meaning(_ inside: String) throws -> String {
        var reviewer = Reviewer(disableLabel: "x")
        let body = review(extra: #""namespace":"\#(inside)""#)
        _ = try reviewer.review(Array(body.utf8).span, under: .legacy(prefix: []))
        return String(decoding: reviewer.review.texts[reviewer.review.namespace.range], as: UTF8.self)
    }

    static func escaped(_ text: String, uppercase: Bool) -> String {
        text.utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: uppercase)
            return "\\u" + repeated("0", 4 - digits.count) + digits
        }.joined()
    }

    @Test(arguments: [
        (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\b"#, "\u{8}"), (#"\f"#, "\u{c}"), (#"\n"#, "\n"),
        (#"\r"#, "\r"),
        (#"\t"#, "\t"), (#"a\tb"#, "a\tb"), (#"\\u0041"#, "\\u0041"), (#"\\\u0041"#, "\\A"), (#"\u0041\u0042"#, "AB"),
        (#"\u0000"#, "\0"), (#"é\u00e9é"#, "ééé"), (#"\u005c\u0022"#, "\\\""), (#"\u005cn"#, "\\n"), ("", ""),
        ("a", "a"),
        (#"\ud83d\ude01"#, "\u{1f601}"), (#"x\uD83D\uDE01y"#, "x\u{1f601}y"),
        (#"\ud800\udc00\udbff\udfff"#, "\u{10000}\u{10ffff}"),
    ])
    func anEscapeMeansItsCharacter(inside: String, expected: String) throws {
        #expect(try Self.meaning(inside).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test func everyCharacterHasItsEscape() throws {
        let scalars = stride(from: UInt32(0), through: 0x10_ffff, by: 13).compactMap(Unicode.Scalar.init)
        for start in stride(from: 0, to: scalars.count, by: 1000) {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[start..<min(start + 1000, scalars.count)])
            for uppercase in [false, true] {
                let meaning = try Self.meaning(Self.escaped(text, uppercase: uppercase))
                #expect(meaning.unicodeScalars.elementsEqual(text.unicodeScalars), "from the \(start). on")
            }
        }
    }

    @Test func anEscapedImageIsSwappedAsWhatItMeans() throws {
        let image = "docker.io/library/nginx:1.27@sha256:" + repeated("0", 64)
        for written in [image, Self.escaped(image, uppercase: false), image.replacing("/", with: "\\/")] {
            let object = PodSpecPlace.pod.object(spec: #"{"containers":[{"image":"\#(written)"}]}"#)
            let patch = try Answer(to: review(object: object), maps: "docker.io/library/nginx::m.example.com/n").patch()
            #expect(patch.values.first == image.replacing("docker.io/library/nginx", with: "m.example.com/n"))
        }
    }
}
