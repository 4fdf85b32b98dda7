import FuzzSupport
import ImageSwap
import MapCheck

/// Any bytes as an image, the first line, and a map file, the lines below it.
@c(LLVMFuzzerTestOneInput)
public func fuzzMap(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe withInput(start, count) { bytes in
        var end = 0
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        let image = bytes.copied(0..<end)
        let text = bytes.copied(min(end + 1, bytes.count)..<bytes.count)
        let file = MapFile(text.span)
        let lines = text.count { $0 == UInt8(ascii: "\n") } + 1
        for rule in file.rules { require((1...lines).contains(rule.line), "a rule has a line: \(rule)") }
        for diagnostic in file.diagnostics {
            require((1...lines).contains(diagnostic.line) && diagnostic.column >= 1, "so has a fault: \(diagnostic)")
            require(!diagnostic.description.isEmpty, "a fault is told")
        }
        checkFindings(text, lines: lines)
        checkSwaps(image, .maps(Rules(file)), lines: lines)
        let prefix = Array(text.prefix { $0 != UInt8(ascii: "\n") })
        checkSwaps(image, .legacy(prefix: prefix), lines: lines)
    }
}

/// Checks a map file, mends it, and checks that there is nothing left to mend.
private func checkFindings(_ text: [UInt8], lines: Int) {
    let check = MapCheck(text)
    for finding in check.findings {
        require((1...lines).contains(finding.line) && finding.columns.lowerBound >= 1, "found at a place: \(finding)")
    }
    guard let mended = check.mended() else { return }
    require(MapCheck(mended).mended() == nil, "what is mended needs no mending")
}

/// Swaps an image, what came of it, and so on: a chain of rules may be as long as it likes, and go in circles.
private func checkSwaps(_ image: [UInt8], _ policy: SwapPolicy, lines: Int) {
    var buffers = SwapBuffers()
    var image = image
    for step in 0..<4 {
        let swap = policy.swap(image.span, &buffers)
        let result = buffers.result
        if let line = swap.line { require((1...lines).contains(line), "a line of the file decides: \(swap)") }
        if step > 0 {
            // It lies where a rule's value puts images, so that only a rule that names the place may move it.
            require(!swap.isChanged || swap.decision != .default, "default moves nothing that was moved: \(swap)")
            require(!swap.isChanged || swap.decision != .legacy, "a prefix is put once: \(swap)")
        }
        var fresh = SwapBuffers()
        let again = policy.swap(image.span, &fresh)
        require(swap == again, "the same image is judged alike: \(swap), \(again)")
        guard swap.isChanged else { return }
        require(result == fresh.result, "and swapped alike: \(swap)")
        require((try? ImageReference(result.span)) != nil, "a result is a reference: \(swap)")
        require(result != image, "a changed image is another one: \(swap)")
        image = result
    }
}
