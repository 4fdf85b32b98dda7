import ArgumentParser
import Posix

/// What the environment sets where the command line does not: an empty variable counts as not set.
struct Settings {
    private let variables = [String: String].current.filter { !$0.value.isEmpty }

    func text(_ option: String?, _ name: String) -> String? { option ?? variables["IMAGESWAP_VERIFIER_\(name)"] }

    func list(_ option: [String], _ name: String) -> [String] {
        guard option.isEmpty, let text = variables["IMAGESWAP_VERIFIER_\(name)"] else { return option }
        return text.split(separator: ",").map { $0.trimmed }
    }

    func number(_ option: Int?, _ name: String, or standard: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = text(option.map(String.init), name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw ValidationError("\(label(name)) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func seconds(_ option: Double?, _ name: String, or standard: Double, in range: ClosedRange<Double>) throws
        -> Duration
    {
        guard let text = text(option.map { "\($0)" }, name) else { return .seconds(standard) }
        guard let number = Double(text), range.contains(number) else {
            throw ValidationError("\(label(name)) must be from \(range.lowerBound) to \(range.upperBound) seconds")
        }
        return .seconds(number)
    }

    /// Both names of a setting.
    func label(_ name: String) -> String {
        "--\(name.lowercased().map { $0 == "_" ? "-" : String($0) }.joined()) (IMAGESWAP_VERIFIER_\(name))"
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
