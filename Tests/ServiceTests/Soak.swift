import Foundation

/// How much a test does: seconds' worth in `make test`, all that issue 3 asks for in `make soak`.
enum Soak {
    static let isOn = ProcessInfo.processInfo.environment["IMAGESWAP_SOAK"] == "1"

    static func count(_ short: Int, soak long: Int) -> Int { isOn ? long : short }
}

/// Numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
