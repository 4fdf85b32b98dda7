import Foundation

/// How much a test does: seconds' worth in `make test`, all that issue 3 asks for in `make soak`.
enum Soak {
    static let isOn = ProcessInfo.processInfo.environment["IMAGESWAP_SOAK"] == "1"

    static func count(_ short: Int, soak long: Int) -> Int { isOn ? long : short }
}
