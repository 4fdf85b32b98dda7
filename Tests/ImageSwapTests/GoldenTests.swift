import Foundation
import ImageSwap
import Testing

/// `swap.jsonl`: worked cases of the contract, an object a line.
struct GoldenTests {
    struct Case: Decodable {
        let mode: String
        let maps: String
        let prefix: String
        let image: String
        let expected: String
        let decision: String

        var policy: SwapPolicy {
            mode == "LEGACY" ? .legacy(prefix: Array(prefix.utf8)) : .maps(Rules(MapFile(maps)))
        }
    }

    @Test func everyWorkedCaseComesOutExactly() throws {
        let file = try #require(Bundle.module.url(forResource: "Golden/swap", withExtension: "jsonl"))
        let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count > 3000)
        for line in lines {
            let row = try JSONDecoder().decode(Case.self, from: Data(line))
            let (image, swap) = row.policy.swap(row.image)
            #expect(image == row.expected && swap.decision.name == row.decision, "\(row) gave \(image), \(swap)")
            #expect(swap.isChanged == (image != row.image))
        }
    }
}
