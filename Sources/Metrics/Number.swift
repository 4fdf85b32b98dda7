/// A number that is not negative, as a sample has it: whole units, and how many of their digits stand behind the point.
package struct Number: Equatable, Sendable {
    package let units: UInt64
    package let decimals: Int

    package init(_ units: UInt64, decimals: Int = 0) {
        self.units = units
        self.decimals = decimals
    }
}

extension Number: CustomStringConvertible {
    /// Exact, without an exponent; `0.00005` for 50,000 units with 9 decimals.
    package var description: String {
        guard decimals > 0 else { return String(units) }
        let digits = String(units)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let fraction = padded.suffix(decimals)
        let kept = fraction.lastIndex { $0 != "0" }.map { fraction[...$0] } ?? ""
        return padded.dropLast(decimals) + (kept.isEmpty ? "" : "." + kept)
    }
}
