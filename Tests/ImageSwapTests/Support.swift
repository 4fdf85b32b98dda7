import ImageSwap

extension SwapPolicy {
    /// `IMAGESWAP_MODE=MAPS` with a map file's text.
    init(maps: String) { self = .maps(Rules(MapFile(maps))) }
}

func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
