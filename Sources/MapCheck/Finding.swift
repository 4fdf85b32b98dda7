/// Something in a map file that its author should know.
package struct Finding: Equatable, Sendable {
    package enum Severity: String, CaseIterable, Sendable {
        /// The line does not serve.
        case error
        /// The line serves, though hardly as its author meant it.
        case warning
        /// Good to know; nothing is wrong.
        case note
    }

    /// What is found, by a name that does not change.
    package enum Kind: String, CaseIterable, Sendable {
        case invalidLine = "invalid-line"
        case invalidValue = "invalid-value"
        case deprecatedSeparator = "deprecated-separator"
        case duplicateKey = "duplicate-key"
        case whiteSpace = "white-space"
        case lineEnd = "line-end"
        case neverMatches = "never-matches"
        case shadowed
        case takesEverything = "takes-everything"
        case cycle
        case chain
        case noDefault = "no-default"
        case noRules = "no-rules"
        case noswapTarget = "noswap-target"
        case unreachedSecret = "unreached-secret"
        case publicPlace = "public-place"
        case repeatedSecret = "repeated-secret"
        case unreachedVerify = "unreached-verify"
        case unusedTargets = "unused-targets"
        case organisation
        case original

        package var summary: String {
            switch self {
            case .invalidLine: "A line that is no rule"
            case .invalidValue: "A value that makes no valid image reference"
            case .deprecatedSeparator: "A single ':' between key and value"
            case .duplicateKey: "A key that stands in two lines"
            case .whiteSpace: "White space within a word"
            case .lineEnd: "A carriage return that ends no line"
            case .neverMatches: "A key that no image can have"
            case .shadowed: "A rule that an earlier step takes all images from"
            case .takesEverything: "A pattern or wildcard that takes every image"
            case .cycle: "Rules that swap an image round and round"
            case .chain: "A rule whose results another rule swaps again"
            case .noDefault: "No line says what becomes of other images"
            case .noRules: "A file without rules"
            case .noswapTarget: "A value at a place that another line leaves alone"
            case .unreachedSecret: "A pull secret for a place where no rule puts or leaves images"
            case .publicPlace: "A pull secret for a place whose images are public for the most part"
            case .repeatedSecret: "A pull secret that is named twice"
            case .unreachedVerify: "A [VERIFY] line for a place where no rule puts images"
            case .unusedTargets: "Targets behind one that is always taken"
            case .organisation: "A key of an organisation on Docker Hub, not of an official image"
            case .original: "A line that the original ImageSwap read in another way"
            }
        }
    }

    package let severity: Severity
    package let kind: Kind
    /// From 1.
    package let line: Int
    /// Bytes of the line, from 1; empty where it is a place between two.
    package let columns: Range<Int>
    package let message: String
    /// How to mend it.
    package let hint: String?

    init(
        _ severity: Severity, _ kind: Kind, line: Int, columns: Range<Int>, _ message: String, hint: String? = nil
    ) {
        self.severity = severity
        self.kind = kind
        self.line = line
        self.columns = columns
        self.message = message
        self.hint = hint
    }
}
