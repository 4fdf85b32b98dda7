import Admission
import Foundation
import ImageSwap
import Testing

/// The README's worked examples say what is so.
struct ReadmeExampleTests {
    /// The blocks between fences of the README's section under a heading.
    static func blocks(of heading: String) throws -> [String] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        let readme = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(readme.firstRange(of: "\n\(heading)\n")).upperBound
        let section = readme[start...].prefix(
            upTo: readme[start...].firstRange(of: "\n##")?.lowerBound ?? readme.endIndex)
        let parts = section.components(separatedBy: "```")
        return stride(from: 1, to: parts.count, by: 2).map { index in
            String(parts[index].drop { $0 != "\n" }.dropFirst())
        }
    }

    @Test func thePatchOfAPodThatNeedsAPullSecretIsTheOneThatIsShown() throws {
        let blocks = try Self.blocks(of: "### Pull secrets")
        try #require(blocks.count == 2)
        let maps = MapFile(blocks[0])
        #expect(maps.diagnostics.isEmpty)
        #expect(maps.pullSecrets.count == 3)
        let answer = try Answer(
            to: Data(review(object: PullSecretTests.pod()).utf8), policy: .maps(Rules(maps)))
        let shown = try JSONSerialization.jsonObject(with: Data(blocks[1].utf8))
        #expect(try answer.patchOperations() as NSArray == shown as? NSArray)
    }
}
