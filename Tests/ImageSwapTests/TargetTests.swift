// Values with several targets, and `[VERIFY]` lines.

import ImageSwap
import Testing

struct TargetTests {
    /// Swaps by the targets from `choice` on.
    private static func swap(_ image: String, _ maps: String, from choice: Int) -> (image: String?, swap: Swap) {
        var buffers = SwapBuffers()
        let swap = SwapPolicy(maps: maps).swap(Array(image.utf8).span, &buffers, from: choice)
        return (swap.isChanged ? String(decoding: buffers.result, as: UTF8.self) : nil, swap)
    }

    @Test(
        arguments: [
            ("a.io::b.io/m|c.io|d.io/p-", "a.io/x:1", ["b.io/m/x:1", "c.io/x:1", "d.io/p-a.io/x:1"]),
            ("a.io/x:: b.io / m/ | c.io/ # why", "a.io/x/y", ["b.io/m/y", "c.io/y"]),
            ("a.io::b.io|c.io:5000", "a.io:443/x", ["b.io:443/x", "c.io:5000/x"]),
            ("default::b.io|c-", "x/y", ["b.io/x/y", "c-docker.io/x/y"]),
            ("[REPLACE]*/y::b.io|c-", "x/y", ["b.io/y", "c-y"]),
            ("[EXACT]x::b.io/y:1|c.io/z@\(Self.digest)", "x", ["b.io/y:1", "c.io/z@\(Self.digest)"]),
            // what makes no valid image is passed over
            ("a.io::b_.io|c.io|d.io/X|e.io", "a.io/x", ["c.io/x", "c.io/x", "e.io/x", "e.io/x"]),
            ("[EXACT]x::b.io/|c.io/x", "x", ["c.io/x", "c.io/x"]),
        ])
    func targetsAreTakenInTheirOrder(maps: String, image: String, results: [String]) {
        for (choice, result) in results.enumerated() {
            let (swapped, swap) = Self.swap(image, maps, from: choice)
            #expect(swapped == result)
            #expect(swap.targets == results.count)
            #expect(swap.line == 1)
        }
        // Without verification the first one counts.
        #expect(SwapPolicy(maps: maps).swap(image).image == results[0])
    }

    @Test(arguments: ["a.io::b.io", "[EXACT]a.io/x::b.io/x", "[REPLACE]a.io/*::b.io", "default::b.io"])
    func aTargetThatARuleDoesNotHaveMakesNoImage(maps: String) {
        for choice in [1, 7] {
            let (image, swap) = Self.swap("a.io/x", maps, from: choice)
            #expect(image == nil)
            #expect(swap.decision == .invalidResult)
            #expect(swap.line == 1)
        }
    }

    private static let digest = "sha256:" + repeated("0", 64)

    @Test func whereNoTargetMakesAnImageItStays() {
        let (image, swap) = Self.swap("a.io/x", "a.io::b_.io|c.io/X", from: 0)
        #expect(image == nil)
        #expect(swap.decision == .invalidResult)
    }

    @Test(
        arguments: [
            ("a.io::b.io|c.io/m\ndefault::d.io", ["b.io/x", "c.io/m/x", "c.io:5000/m/x"], [true, true, false]),
            ("a.io::b.io|c.io/m-\ndefault::d.io", ["c.io/m-a.io/x"], [true]),
            ("[EXACT]x::b.io/y:1|c.io/y:1\ndefault::d.io", ["b.io/y:1", "c.io/y:1", "c.io/y:2"], [true, true, false]),
            // a pattern does not name the place of any of its targets
            ("[REPLACE]b.io/*::c.io|b.io/x", ["b.io/x/y", "c.io/y"], [true, true]),
        ])
    func theyAllCountForAlreadyThere(maps: String, images: [String], isThere: [Bool]) {
        for (image, isThere) in zip(images, isThere) {
            let swap = SwapPolicy(maps: maps).swap(image).swap
            #expect((swap.decision == .alreadySwapped) == isThere, "\(image)")
        }
    }

    @Test(
        arguments: [
            ("a.io::b.io|", 12), ("a.io::|b.io", 7), ("a.io::b.io||c.io", 12), ("a.io::|", 7),
            ("[EXACT]x:: a | # b", 15), ("default::a.io|", 15), ("[REPLACE]*::a| |b", 16),
        ])
    func whereATargetIsMissingTheLineIsInvalid(line: String, column: Int) {
        let file = MapFile(line)
        #expect(file.rules.isEmpty)
        #expect(file.diagnostics.map(\.severity) == [.error])
        #expect(file.diagnostics.first?.problem.hasPrefix("a target must stand on each side of '|'") == true)
        #expect(file.diagnostics.first?.column == column, "\(file.diagnostics)")
    }

    @Test func eachTargetThatMakesNoImageIsWarnedOfAtItsPlace() {
        let file = MapFile("a.io::b.io | c_.io | d.io/X")
        #expect(file.diagnostics.map(\.column) == [14, 22])
        #expect(file.diagnostics.allSatisfy { $0.severity == .warning && $0.action == "it is passed over" })
        #expect(file.rules.first?.targets.count == 3)
    }

    @Test func inWildcardsABarIsAnyCharacter() {
        #expect(MapFile("noswap_wildcards::a|,|b").rules.first?.targets.isEmpty == true)
        #expect(MapFile("noswap_wildcards::a|,|b").diagnostics.isEmpty)
    }

    // MARK: [VERIFY]

    @Test(
        arguments: [
            ("[VERIFY]a.io::", "a.io", false), ("[VERIFY] A.io/Path// :: pin # why", "a.io/Path", true),
            ("[VERIFY]localhost:5000:: p i n", "localhost:5000", true), ("[VERIFY]docker.io:pin", "docker.io", true),
        ])
    func aVerifiedPlaceIsRead(line: String, place: String, pins: Bool) {
        let file = MapFile(line)
        #expect(file.rules.isEmpty)
        #expect(!file.diagnostics.contains { $0.severity == .error })
        #expect(file.verifiedPlaces.map(\.place) == [Array(place.utf8)])
        #expect(file.verifiedPlaces.map(\.pins) == [pins])
    }

    @Test(
        arguments: [
            ("[VERIFY]::", 9), ("[VERIFY]//::pin", 9), ("[VERIFY]a.io::Pin", 15), ("[VERIFY]a.io::true", 15),
            ("[VERIFY]a.io", 13),
        ])
    func whatIsNoVerifiedPlaceIsInvalidAndSkipped(line: String, column: Int) {
        let file = MapFile(line)
        #expect(file.verifiedPlaces.isEmpty)
        #expect(file.diagnostics.map(\.severity) == [.error], "\(file.diagnostics)")
        #expect(file.diagnostics.first?.column == column, "\(file.diagnostics)")
    }

    @Test func ofVerifyLinesWithOneKeyTheLastCounts() {
        let file = MapFile("[VERIFY]a.io::\n[VERIFY]b.io::\n[VERIFY]A.io/::pin\n")
        #expect(file.diagnostics.first?.problem == "the key stands in line 1 already: keep one of the two")
        #expect(file.verifiedPlaces.map(\.line) == [2, 3])
    }

    @Test(
        arguments: [
            ("a.io/x", .presence, "a.io/x"), ("A.io:5000/x:1", .presence, "a.io:5000/x:1"),
            ("a.io:5001/x", .unasked, ""),
            ("a.io/m/x@\(digest)", .digest, "a.io/m/x@\(digest)"), ("a.io/mm/x", .presence, "a.io/mm/x"),
            ("b.io/x", .nothing, ""), ("nginx", .digest, "docker.io/library/nginx"), ("x/y", .nothing, ""),
            ("a b", .nothing, ""),
        ] as [(String, VerifiedPlaces.Demand, String)])
    func theLongestPlaceSaysWhatIsAskedFor(image: String, demand: VerifiedPlaces.Demand, name: String) throws {
        let file = MapFile("x.io::a.io:5000\n[VERIFY]a.io::\n[VERIFY]a.io/m::pin\n[VERIFY]index.docker.io/library::pin")
        let places = try #require(Rules(file).verifiedPlaces)
        var found: [UInt8] = []
        #expect(places.demand(on: Array(image.utf8).span, &found) == demand)
        #expect(String(decoding: found, as: UTF8.self) == name)
    }

    @Test func aFileOfVerifyLinesAloneSwapsNothing() {
        #expect(Rules(MapFile("[VERIFY]a.io::pin")).isEmpty)
        #expect(Rules(MapFile("a.io::b.io")).verifiedPlaces == nil)
    }

    @Test func aNamespacesLinesGoBeforeTheMapFiles() {
        let file = MapFile("[VERIFY]a.io::\n[VERIFY]b.io::pin").overlaid(by: MapFile("[VERIFY]A.io::pin"))
        #expect(file.verifiedPlaces.map(\.pins) == [true, true])
        #expect(MapFile("[VERIFY]a.io::").isEmpty == false)
    }

    /// With the digest it is no more the `[EXACT]` value to the letter, but still the same image.
    @Test func whatAnExactRuleMadeIsThereWhenItIsPinned() {
        let maps = "[EXACT]x::b.io/y:1\ndefault::d.io"
        #expect(SwapPolicy(maps: maps).swap("b.io/y:1@\(Self.digest)").swap.decision == .default)
        let pinning = SwapPolicy(maps: maps + "\n[VERIFY]b.io::pin")
        #expect(pinning.swap("b.io/y:1@\(Self.digest)").swap.decision == .alreadySwapped)
        #expect(pinning.swap("b.io/y:2@\(Self.digest)").swap.decision == .default)
    }
}
