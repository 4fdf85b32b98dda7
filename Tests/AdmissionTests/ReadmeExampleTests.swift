import Admission
import Foundation
import ImageSwap
import Testing

/// The README's worked examples say what is so.
struct ReadmeExampleTests {
    /// The blocks between fences of the README's section under a heading.
    static func blocks(of heading: String) throws -> [String] {
        let parts = try section(heading).components(separatedBy: "```")
        return stride(from: 1, to: parts.count, by: 2).map { index in
            String(parts[index].drop { $0 != "\n" }.dropFirst())
        }
    }

    static func section(_ heading: String) throws -> Substring {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        let readme = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(readme.firstRange(of: "\n\(heading)\n")).upperBound
        let end = readme[start...].firstRange(of: "\n##")?.lowerBound ?? readme.endIndex
        return readme[start..<end]
    }

    @Test func theMapFileMakesOfImagesWhatTheTableSays() throws {
        let maps = try #require(try Self.blocks(of: "## The map file").first)
        #expect(MapFile(maps).diagnostics.isEmpty)
        let policy = SwapPolicy.maps(Rules(MapFile(maps)))
        let lines = maps.split(separator: "\n", omittingEmptySubsequences: false)
        let rows = try Self.section("## The map file").split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == 7)
        for row in rows {
            let cells = row.replacing("sha256:…", with: "sha256:" + String(repeating: "0", count: 64))
                .split(separator: "|").map { cell in cell.split(separator: "`").filter { !$0.contains(" ") } }
            let image = String(cells[0][0])
            let (result, swap) = policy.swap(image)
            // What stays has its reason in words, or itself beside the rule.
            #expect(result == String(cells[1].first ?? cells[0][0]))
            guard let key = cells.dropFirst(2).first?.first, let line = swap.line else { continue }
            #expect(lines[line - 1].hasPrefix("\(key)\(key.hasSuffix("]") ? "" : "::")"), "\(image)")
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

    @Test func theWarningsAndAnnotationsAreThoseThatAreShown() throws {
        let blocks = try Self.blocks(of: "### Trying rules, and seeing what they did")
        try #require(blocks.count == 2)
        let maps = "default::registry.example.com\n[PULL_SECRET]registry.example.com::regcred"
        let body = review(object: PullSecretTests.pod())
        let trial = try Answer(to: body, maps: maps, options: TrialModeTests.options(trial: true))
        let shown = blocks[0].split(separator: "\n").filter { $0.hasPrefix("Warning: ") }
        #expect(trial.warnings.map { "Warning: " + $0 } == shown.map(String.init))
        let annotations = try JSONDecoder().decode([String: String].self, from: Data(blocks[1].utf8))
        let digest = try #require(annotations["rules"])
        #expect(try Answer(to: body, maps: maps, ruleSet: digest).annotations == annotations)
    }

    @Test func aNamespacesRulesMakeOfImagesWhatTheTableSays() throws {
        let blocks = try Self.blocks(of: "### A namespace's own rules")
        try #require(blocks.count == 2)
        let (all, own) = (MapFile(blocks[0]), MapFile(blocks[1]))
        #expect(all.diagnostics.isEmpty && own.diagnostics.isEmpty)
        let section = try Self.section("### A namespace's own rules")
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == 3)
        for row in rows {
            // Each cell is an image, and the Secret that a pod with it gets.
            let cells = row.split(separator: "|").map { cell in cell.split(separator: "`").filter { !$0.contains(" ") }
            }
            let image = String(cells[0][0])
            for (cell, maps) in [(cells[1], all.overlaid(by: own)), (cells[2], all)] {
                let policy = SwapPolicy.maps(Rules(maps))
                #expect(policy.swap(image).image == cell[0])
                let pod = Data(review(object: PullSecretTests.pod(images: [image])).utf8)
                var reviewer = Reviewer(disableLabel: "x")
                _ = try reviewer.review(Array(pod).span, under: policy)
                let secrets = reviewer.pullSecrets.map { String(decoding: $0, as: UTF8.self) }
                #expect(secrets == cell.dropFirst().map(String.init))
            }
        }
    }

    @Test func targetsGetImagesAsTheTableSays() throws {
        let heading = "### Several targets, and only what is there"
        let maps = try #require(try Self.blocks(of: heading).first)
        #expect(MapFile(maps).diagnostics.isEmpty)
        let rows = try Self.section(heading).split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
        let there = VerificationTests.there
        let (mirror, backup) = ("mirror.example.com/hub/nginx:1.27", "backup.example.com/hub/nginx:1.27")
        let known: [[String: Presence]] = [
            [mirror: there], [mirror: .absent, backup: there], [mirror: .absent, backup: .absent], [:],
        ]
        try #require(rows.count == known.count)
        for (row, known) in zip(rows, known) {
            // The results of the row's second cell: by default, and with IMAGESWAP_VERIFY_UNKNOWN=keep.
            let cell = row.split(separator: "|")[1]
            var results = cell.split(separator: "`").map(String.init).filter { $0.contains("nginx") }
            if results.count == 1 { results += results }
            for (result, keeps) in zip(results, [false, true]) {
                var options = Reviewer.Options()
                options.keepsUnknown = keeps
                let answer = try VerificationTests.answer(to: ["nginx:1.27"], known, maps: maps, options: options)
                let wanted = result.replacing("sha256:…", with: VerificationTests.digest)
                #expect(answer.results == [wanted == "nginx:1.27" ? "" : wanted], "\(row)")
                let stays = known.isEmpty ? "not-verified" : "not-mirrored"
                if answer.outcome == .unchanged { #expect(answer.decisions == [stays]) }
            }
        }
    }
}
