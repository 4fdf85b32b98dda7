/// What an object's author asks for by the label of `IMAGESWAP_DISABLE_LABEL`; the later, the stronger.
enum SwapLabel: UInt8, Comparable, Sendable {
    case none
    /// `audit`: what would be swapped is told, and nothing is.
    case audit
    /// `disabled`
    case disabled

    private static let auditText = Array("audit".utf8)
    private static let disabledText = Array("disabled".utf8)

    init(_ value: JSONScanner.Text, in json: borrowing Span<UInt8>) {
        self =
            if value.equals(Self.disabledText.span, in: json) {
                .disabled
            } else if value.equals(
                Self.auditText.span, in: json)
            { .audit } else { .none }
    }

    static func < (one: SwapLabel, other: SwapLabel) -> Bool { one.rawValue < other.rawValue }
}
