import Foundation
import ImageSwap
import Testing

/// The README's map file and its table of images say what is so.
struct ReadmeTests {
    @Test func theTableOfTheMapFileIsTrue() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        let readme = try String(contentsOf: file, encoding: .utf8)
        let section = try #require(readme.firstRange(of: "## The map file")).upperBound
        let parts = readme[section...].split(separator: "```", maxSplits: 2, omittingEmptySubsequences: false)
        let maps = MapFile(String(parts[1]))
        #expect(maps.diagnostics.isEmpty)
        let policy = SwapPolicy.maps(Rules(maps))
        let digest = "sha256:" + String(repeating: "0", count: 64)
        var rows = 0
        for line in parts[2].split(separator: "\n").drop(while: { !$0.hasPrefix("| ---") }).dropFirst() {
            guard line.hasPrefix("| `") else { break }
            let cells = line.split(separator: "|").map { $0.filter { $0 != "`" }.trimmingCharacters(in: .whitespaces) }
            let image = cells[0].replacing("sha256:…", with: digest)
            let wanted = cells[1].hasPrefix("stays") ? image : cells[1].replacing("sha256:…", with: digest)
            #expect(policy.swap(image).image == wanted)
            rows += 1
        }
        #expect(rows == 7)
    }
}
