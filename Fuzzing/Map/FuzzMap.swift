import FuzzSupport
import ImageSwap
import MapCheck

/// Any bytes as an image, the first line, and a map file, the lines below it; and once more as a spelling of both.
@c(LLVMFuzzerTestOneInput)
public func fuzzMap(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe withInput(start, count) { bytes in
        check(bytes.copied(0..<bytes.count))
        check(spelling.text(of: bytes, upTo: 512))
    }
}

private let spelling = Spelling([
    "\n", "\n", "\n", "\n", "::", "::", "::", "::", ":", "#", " ", "\r\n", "default::", "noswap_wildcards::", "[EXACT]",
    "[EXACT]", "[PULL_SECRET]", "[REPLACE]", "[REPLACE]", "*", "*", "?", "[a-y]", "[!x]", "[]x]", "[!]x]", "[!]", "[",
    "]", "-", "-", "[VERIFY]", "|", "|",
    "/", "/", "/",
    "a.io", "a.io", "a.io", "a.io/x", "A.io", "b.io", "b.io", "b.io/x", ":5000", ":5000", "localhost", "docker.io",
    "index.docker.io", "docker.io/library/", "library", "x", "x", "y", "a", "z", "é", ",", ":1", ":1", ":latest",
    "@sha256:\(String(repeating: "0", count: 64))", "\u{feff}",
])

private func check(_ bytes: [UInt8]) {
    let image = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
    let text = Array(bytes.dropFirst(image.count + 1))
    let file = MapFile(text.span)
    let plain = PlainRules(text)
    let rules = file.rules.map(PlainRules.Rule.init)
    require(rules == plain.rules, "another reader finds the same rules: \(rules), \(plain.rules)")
    let lines = text.count { $0 == UInt8(ascii: "\n") } + 1
    for diagnostic in file.diagnostics {
        require((1...lines).contains(diagnostic.line) && diagnostic.column >= 1, "a fault has a place: \(diagnostic)")
        require(!diagnostic.description.isEmpty, "a fault is told")
    }
    checkFindings(text, over: nil)
    // The lower half as a namespace's own over the upper one.
    let upper = Array(text.prefix(text.count / 2))
    checkFindings(Array(text.dropFirst(upper.count)), over: MapFile(upper.span))
    checkSwaps(image, .maps(Rules(file))) { plain.swap($0) }
    let prefix = Array(text.prefix { $0 != UInt8(ascii: "\n") })
    checkSwaps(image, .legacy(prefix: prefix)) { PlainRules.swap($0, prefix: prefix) }
}

/// Checks a map file, mends it, and checks that there is nothing left to mend.
private func checkFindings(_ text: [UInt8], over base: MapFile?) {
    let lines = text.count { $0 == UInt8(ascii: "\n") } + 1
    let check = MapCheck(text, over: base)
    for finding in check.findings {
        require((1...lines).contains(finding.line) && finding.columns.lowerBound >= 1, "found at a place: \(finding)")
    }
    guard let mended = check.mended() else { return }
    require(MapCheck(mended, over: base).mended() == nil, "what is mended needs no mending")
}

/// Swaps an image, what came of it, and so on: a chain of rules may be as long as it likes, and go in circles.
private func checkSwaps(_ image: [UInt8], _ policy: SwapPolicy, _ plain: ([UInt8]) -> PlainRules.Outcome) {
    var buffers = SwapBuffers()
    var image = image
    for step in 0..<3 {
        let swap = policy.swap(image.span, &buffers)
        let result = swap.isChanged ? buffers.result : image
        if step > 0 {
            // It lies where a rule's value puts images, so that only a rule that names the place may move it.
            require(!swap.isChanged || swap.decision != .default, "default moves nothing that was moved: \(swap)")
            require(!swap.isChanged || swap.decision != .legacy, "a prefix is put once: \(swap)")
        }
        var fresh = SwapBuffers()
        let again = policy.swap(image.span, &fresh)
        require(swap == again, "the same image is judged alike: \(swap), \(again)")
        require(!swap.isChanged || result == fresh.result, "and swapped alike: \(swap)")
        // A review's strings are UTF-8.
        if String(validating: image, as: UTF8.self) != nil {
            let outcome = PlainRules.Outcome(decision: swap.decision.name, line: swap.line, image: result)
            let expected = plain(image)
            require(outcome == expected, "the plain look-up says the same: \(outcome), \(expected)")
        }
        guard swap.isChanged else { return }
        require((try? ImageReference(result.span)) != nil, "a result is a reference: \(swap)")
        require(result != image, "a changed image is another one: \(swap)")
        image = result
    }
}

extension PlainRules.Rule {
    init(_ rule: MapFile.Rule) {
        let (kind, key): (PlainRules.Kind, [UInt8]) =
            switch rule.key {
            case .fallback: (.fallback, [])
            case .wildcards: (.wildcards, [])
            case .exact(let image): (.exact, image)
            case .pattern(let pattern): (.pattern, pattern)
            case .place(let place): (.place, place)
            }
        self.init(kind: kind, key: key, value: rule.value, line: rule.line)
    }
}
