// What the fuzzers share: libFuzzer's bytes as a span, and a check that names what it found.

/// Lends libFuzzer's bytes, which it keeps for as long as the call lasts. Its answer is libFuzzer's "keep it".
package func withInput(
    _ start: UnsafePointer<UInt8>?, _ count: Int, _ body: (borrowing Span<UInt8>) -> Void
) -> CInt {
    let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
    unsafe body(bytes.span)
    return 0
}

/// Ends the run as a crash unless a condition holds; libFuzzer then writes the input down.
package func require(_ condition: Bool, _ invariant: @autoclosure () -> String) {
    if !condition { fatalError(invariant()) }
}

extension Span<UInt8> {
    package func copied(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range { bytes.append(self[index]) }
        return bytes
    }
}
