import Admission
import CountedMalloc
import Foundation
import ImageSwap

/// A run over some bodies, each measured in turns so that a slow moment of the machine meets all of them alike.
struct Bench {
    /// At most so many allocations for a review that changes nothing.
    static let allowedAllocations = 10.0

    struct Row {
        let name: String
        let bytes: Int
        var review: [Double] = []
        var validate: [Double] = []
        var foundation: [Double] = []
        var allocations = 0.0
        var unchangedAllocations = 0.0
    }

    let bodies: [(name: String, body: [UInt8])]
    /// The map file of the bodies.
    let maps: String
    private let policy: SwapPolicy

    init(folder: URL) throws {
        struct Expected: Decodable { let maps: String }
        let names = ["pod-create-by-controller.json", "pod-update.json", "pod-create-large.json"]
        bodies = try names.map { ($0, Array(try Data(contentsOf: folder.appendingPathComponent($0)))) }
        let expected = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
        maps = try JSONDecoder().decode(Expected.self, from: expected).maps
        policy = .maps(Rules(MapFile(maps)))
    }

    /// Prints a table; false where a review allocates more than it may.
    func run() throws -> Bool {
        var rows = bodies.map { Row(name: $0.name, bytes: $0.body.count) }
        for _ in 0..<15 {
            for (index, (_, body)) in bodies.enumerated() {
                rows[index].review.append(try reviewed(body, under: policy).seconds)
                rows[index].validate.append(
                    try Self.time(body) { (body) throws in try JSONScanner.validate(body.span) })
                rows[index].foundation.append(
                    try Self.time(body, volume: 2_000_000) { (body) throws in
                        _ = try JSONDecoder().decode(FoundationReview.self, from: Data(body))
                    })
            }
        }
        for (index, (_, body)) in bodies.enumerated() {
            rows[index].allocations = try reviewed(body, under: policy).allocations
            rows[index].unchangedAllocations = try reviewed(body, under: .maps(Rules(MapFile("")))).allocations
        }
        print(
            "| body | bytes | review, us | MB/s | validating pass, MB/s | times JSONDecoder | allocations | unchanged |"
        )
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for row in rows {
            let review = row.review.median
            let columns = [
                row.name, "\(row.bytes)", String(format: "%.2f", review * 1e6), Self.rate(row.bytes, review),
                Self.rate(row.bytes, row.validate.median), String(format: "%.1f", row.foundation.median / review),
                String(format: "%.1f", row.allocations), String(format: "%.1f", row.unchangedAllocations),
            ]
            print("| " + columns.joined(separator: " | ") + " |")
        }
        return rows.allSatisfy { $0.unchangedAllocations <= Self.allowedAllocations }
    }

    /// Reviews one body again and again.
    func review(_ name: String, rounds: Int) throws {
        guard let body = bodies.first(where: { $0.name == name })?.body else { throw CocoaError(.fileNoSuchFile) }
        var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
        for _ in 0..<rounds { _ = try reviewer.review(body.span, under: policy) }
    }

    private static func rate(_ bytes: Int, _ seconds: Double) -> String {
        String(format: "%.0f", Double(bytes) / seconds / 1e6)
    }

    func reviewed(
        _ body: [UInt8], under policy: SwapPolicy
    ) throws -> (seconds: Double, allocations: Double) {
        var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
        _ = try reviewer.review(body.span, under: policy)
        let before = counted_allocations()
        var rounds = 0.0
        let seconds = try Self.time(body) { (body) throws in
            _ = try reviewer.review(body.span, under: policy)
            rounds += 1
        }
        return (seconds, Double(counted_allocations() - before) / rounds)
    }

    /// Seconds a round, over as many rounds as make `volume` bytes.
    private static func time(
        _ body: [UInt8], volume: Int = 20_000_000, _ work: ([UInt8]) throws -> Void
    ) rethrows -> Double {
        let rounds = max(1, volume / body.count)
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<rounds { try work(body) }
        let time = clock.now - start
        return (Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18) / Double(rounds)
    }
}

extension [Double] {
    var median: Double { sorted()[count / 2] }
}
