// Spans of time as users write them: "90d", "1h30m", "45s".

/// A positive number of whole seconds.
package struct TimeSpan: Equatable, Sendable {
    package let seconds: Int64

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    /// The longest span: a hundred years.
    private static let longest: Int64 = 100 * 366 * 86400

    /// Takes numbers with units, `s`, `m`, `h` or `d`, one after the other: `span = 1*( 1*DIGIT unit )`. A number
    /// alone is of `unit`. Nil for anything else, for nothing at all, and for more than a hundred years.
    package init?(_ text: String, unit: Character = "s") {
        var total: Int64 = 0
        var digits = ""
        func add(_ unit: Character) -> Bool {
            guard let factor = Self.units[unit], let number = Int64(digits), number <= Self.longest else {
                return false
            }
            total += number * factor
            digits = ""
            return total <= Self.longest
        }
        for character in text {
            if character.isASCII, character.isWholeNumber {
                digits.append(character)
            } else if !add(character) {
                return nil
            }
        }
        if !digits.isEmpty {
            guard total == 0, add(unit) else { return nil }
        }
        guard total > 0 else { return nil }
        seconds = total
    }
}
