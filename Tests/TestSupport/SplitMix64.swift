/// SplitMix64: the same numbers on every machine, from a seed that a failure names.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// A number below `bound`.
    package mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(bound)) }

    package mutating func pick<Element>(_ items: [Element]) -> Element { items[below(items.count)] }

    /// Whether something happens that does in so many of 100 cases.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}
