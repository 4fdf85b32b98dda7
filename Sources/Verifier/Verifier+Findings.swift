// For a program that asks by itself, without a socket.

internal import Posix
package import Registry
internal import VerifierProtocol

extension Verifier {
    /// What is known of these references before `limit` is over, in their order; the rest is unknown.
    ///
    /// However many they are: they are looked for a few at a time, so that none is turned away or waits for its turn too
    /// long.
    /// SIGPIPE must be ignored in the process: a registry may close a connection that is written to.
    package func findings(of references: [[UInt8]], within limit: Duration) -> [Finding] {
        let deadline = MonotonicTime.now + limit
        readCredentials()
        var findings = [Finding](
            repeating: Finding(.unknown, "it was not found out in time"), count: references.count)
        var waiting: [Int: [Int]] = [:]
        var next = 0
        var none: [Watched] = []
        while true {
            while next < references.count, waiting.count < parallel {
                switch ask(references[next]).asked {
                case .finding(let finding): findings[next] = finding
                case .lookup(let number): waiting[number, default: []].append(next)
                }
                next += 1
            }
            if waiting.isEmpty { break }
            let left = deadline - .now
            guard left > .zero else { break }
            for (number, finding) in work(watching: &none, for: left) {
                for index in waiting.removeValue(forKey: number) ?? [] { findings[index] = finding }
            }
        }
        return findings
    }
}
