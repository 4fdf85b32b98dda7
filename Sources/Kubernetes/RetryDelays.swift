/// How long to wait before each further try: twice as long as before, less up to a half by chance, so that many
/// clients that failed together do not come back together.
struct RetryDelays {
    private var upper = 0.25

    /// Seconds.
    private static let longest = 8.0
    private static let longestWish = 30.0

    /// - Parameter wish: The seconds that the server asked for (Retry-After); not less than those, but 30 at most.
    mutating func next(wish: Int?) -> Double {
        let delay = upper * Double.random(in: 0.5...1)
        upper = min(upper * 2, Self.longest)
        guard let wish, wish > 0 else { return delay }
        return min(max(delay, Double(wish)), Self.longestWish)
    }
}
