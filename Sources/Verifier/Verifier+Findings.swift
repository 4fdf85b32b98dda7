// For a program that asks by itself, without a socket.

internal import Posix
package import Registry
internal import VerifierProtocol

extension Verifier {
    /// What is known of these references before `limit` is over, in their order; the rest is unknown.
    ///
    /// SIGPIPE must be ignored in the process: a registry may close a connection that is written to.
    package func findings(of references: [[UInt8]], within limit: Duration) -> [Finding] {
        let deadline = MonotonicTime.now + limit
        readCredentials()
        var findings = [Finding](
            repeating: Finding(.unknown, "it was not found out in time"), count: references.count)
        var waiting: [Int: [Int]] = [:]
        for (index, reference) in references.enumerated() {
            switch ask(reference).asked {
            case .finding(let finding): findings[index] = finding
            case .lookup(let number): waiting[number, default: []].append(index)
            }
        }
        var none: [Watched] = []
        while !waiting.isEmpty {
            let left = deadline - .now
            guard left > .zero else { break }
            for (number, finding) in work(watching: &none, for: left) {
                for index in waiting.removeValue(forKey: number) ?? [] { findings[index] = finding }
            }
        }
        return findings
    }
}
