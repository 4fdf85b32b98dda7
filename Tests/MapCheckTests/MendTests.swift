import Foundation
import ImageSwap
import MapCheck
import Testing

struct MendTests {
    struct Case: CustomTestStringConvertible {
        let maps: String
        /// Nil: there is nothing to mend.
        let mended: String?

        init(_ maps: String, _ mended: String?) { (self.maps, self.mended) = (maps, mended) }

        var testDescription: String { maps.debugDescription }
    }

    @Test(arguments: [
        Case("# a\ndefault::b.io # c\n", nil),
        Case("default: b.io # a: b", "default:: b.io # a: b"),
        Case("default:b .io\r\n# x", "default::b.io\r\n# x"),
        Case("\u{feff}a.io::b\u{feff}.io", "\u{feff}a.io::b.io"),
        Case("a.io::b.io # old\nc.io::d.io\na.io::e.io # new\n", "# old\nc.io::d.io\na.io::e.io # new\n"),
        Case("a.io::b.io\na.io: c.io\na.io::d.io", "a.io::d.io"),
        Case(
            "[REPLACE]a*::b.io # one\n[REPLACE]ab*::c.io\n[REPLACE]a*::d.io/ # two\n",
            "[REPLACE]a*::d.io # one\n[REPLACE]ab*::c.io\n# two\n"),
        Case("[REPLACE]a*: b .io\n[REPLACE] a*::d.io", "[REPLACE]a*:: d.io"),
        Case("[REPLACE]a\r*::b.io\n[REPLACE]a*::d.io", "[REPLACE]a*::d.io"),
        Case("[REPLACE]a*::\n[REPLACE]a*::d.io", "[REPLACE]a*::d.io"),
        Case("[EXACT]a::b\n[EXACT]a::c", "[EXACT]a::c"),
        Case("noswap_wildcards::a.io , b. io", "noswap_wildcards::a.io , b.io"),
        Case("rubbish\na:b:c", nil),
        // Lines of pull secrets stay to the byte.
        Case("[PULL_SECRET]a.io::one # a\n[PULL_SECRET]a.io: t wo\r\n[PULL_SECRET]\ta .io::x , x", nil),
        Case(
            "[PULL_SECRET]a.io: b\ndefault: c.io\n[PULL_SECRET]a.io::b",
            "[PULL_SECRET]a.io: b\ndefault:: c.io\n[PULL_SECRET]a.io::b"),
    ])
    func onlyWhatChangesNoSwapIsMended(row: Case) {
        let mended = MapCheck(Array(row.maps.utf8)).mended()
        #expect(mended.map { String(decoding: $0, as: UTF8.self) } == row.mended)
    }

    /// The golden map files: mended, they swap the same images the same way, and nothing is left to mend.
    @Test func theGoldenMapFilesSwapTheSameOnceMended() throws {
        struct Row: Decodable {
            let mode, maps, image, expected, decision: String
        }
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "ImageSwapTests/Golden/swap.jsonl")
        var mended: [String: SwapPolicy] = [:]
        var changed = 0
        for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
            let row = try JSONDecoder().decode(Row.self, from: Data(line))
            guard row.mode == "MAPS" else { continue }
            let policy: SwapPolicy
            if let known = mended[row.maps] {
                policy = known
            } else {
                let text = Array(row.maps.utf8)
                let result = MapCheck(text).mended()
                if let result {
                    changed += 1
                    #expect(MapCheck(result).mended() == nil, "\(row.maps)")
                }
                let bytes = result ?? text
                policy = .maps(Rules(MapFile(bytes.span)))
                mended[row.maps] = policy
            }
            let (image, swap) = policy.swap(row.image)
            #expect(image == row.expected && swap.decision.name == row.decision, "\(row)")
        }
        #expect(changed > 10)
    }
}
