import Foundation
import ImageSwap

/// What `[PULL_SECRET]` lines cost: the same map file without any, and with some that no image lies at.
extension Bench {
    /// Prints a table; the ratios are those of turns that follow each other.
    func runPullSecrets() throws {
        let lines = (0..<100).map { "[PULL_SECRET]registry\($0).example.net/team::secret\($0)\n" }.joined()
        let (plain, other) = (
            SwapPolicy.maps(Rules(MapFile(maps))), SwapPolicy.maps(Rules(MapFile(maps + "\n" + lines)))
        )
        print("| body | without pull secrets, us | with 100 that no image needs, us | ratio | allocations |")
        print("| --- | ---: | ---: | --- | ---: |")
        for (name, body) in bodies {
            var without: [Double] = []
            var with: [Double] = []
            for turn in 0..<16 {
                // In both orders.
                if turn % 2 == 0 { without.append(try reviewed(body, under: plain).seconds) }
                with.append(try reviewed(body, under: other).seconds)
                if turn % 2 == 1 { without.append(try reviewed(body, under: plain).seconds) }
            }
            let ratios = zip(with, without).map { $0 / $1 }.sorted()
            let allocations = [plain, other].map { policy in
                (try? reviewed(body, under: policy).allocations).map { String(format: "%.1f", $0) } ?? "-"
            }
            let columns = [
                name, String(format: "%.2f", without.median * 1e6), String(format: "%.2f", with.median * 1e6),
                String(format: "%.2f (%.2f-%.2f)", ratios.median, ratios[0], ratios[ratios.count - 1]),
                allocations.joined(separator: ", "),
            ]
            print("| " + columns.joined(separator: " | ") + " |")
        }
    }
}
