/// Which step decided about an image; the names are those of logs, metrics and the golden cases.
package enum Decision: Int, CaseIterable, Sendable {
    case exact
    case replace
    case invalidImage
    case map
    case mapNoswap
    case alreadySwapped
    case noswapWildcard
    case `default`
    case defaultNoswap
    case invalidResult
    case legacy
    case legacyEmptyPrefix
    case legacyInternal
    /// No target has it.
    case notMirrored
    /// It could not be learned in time whether a target has it, and such images are to stay.
    case notVerified

    package var name: String {
        switch self {
        case .exact: "exact"
        case .replace: "replace"
        case .invalidImage: "invalid-image"
        case .map: "map"
        case .mapNoswap: "map-noswap"
        case .alreadySwapped: "already-swapped"
        case .noswapWildcard: "noswap-wildcard"
        case .default: "default"
        case .defaultNoswap: "default-noswap"
        case .invalidResult: "invalid-result"
        case .legacy: "legacy"
        case .legacyEmptyPrefix: "legacy-empty-prefix"
        case .legacyInternal: "legacy-internal"
        case .notMirrored: "not-mirrored"
        case .notVerified: "not-verified"
        }
    }
}
