import Foundation
import TestSupport

/// What nginx would never send: FastCGI requests damaged at random, records at random, and no records at all. The same
/// in every run.
struct BadRecords {
    enum Kind: CaseIterable {
        case damagedRequest, cutRequest, randomRecords, randomLengths, managementRecords, noRecords
    }

    private var numbers: SplitMix64
    private let request: [UInt8]

    init(seed: UInt64, body: Data) {
        numbers = SplitMix64(seed: seed)
        let body = Array(body)
        request =
            Array((FastCGIRecord.head("POST", "/", length: body.count) + FastCGIRecord.input(body)).joined())
            + FastCGIRecord.endOfInput
    }

    mutating func next() -> [UInt8] {
        switch Kind.allCases.randomElement(using: &numbers) ?? .noRecords {
        case .damagedRequest: damaged()
        case .cutRequest: Array(request[..<Int.random(in: 0..<request.count, using: &numbers)])
        case .randomRecords: begin() + randomRecords(types: 0...12)
        case .randomLengths: begin() + randomLengths()
        case .managementRecords: FastCGIRecord.record(FastCGIRecord.getValues, names()) + randomRecords(types: 9...11)
        case .noRecords: random(Int.random(in: 1...2000, using: &numbers))
        }
    }

    private mutating func random(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &numbers) }
    }

    private func begin() -> [UInt8] { FastCGIRecord.record(FastCGIRecord.beginRequest, [0, 1, 0, 0, 0, 0, 0, 0]) }

    /// Some bytes changed; in half of the requests one of the first 100, where the headers and parameters are.
    private mutating func damaged() -> [UInt8] {
        var bytes = request
        let end = Bool.random(using: &numbers) ? 100 : bytes.count
        for _ in 0..<Int.random(in: 1...8, using: &numbers) {
            bytes[Int.random(in: 0..<end, using: &numbers)] = UInt8.random(in: .min ... .max, using: &numbers)
        }
        return bytes
    }

    private mutating func randomRecords(types: ClosedRange<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...5, using: &numbers) {
            var record = FastCGIRecord.record(
                UInt8.random(in: types, using: &numbers), random(Int.random(in: 0...300, using: &numbers)))
            // Now and then another version, id, length or padding.
            if Int.random(in: 0..<4, using: &numbers) == 0 {
                record[Int.random(in: 0..<8, using: &numbers)] = UInt8.random(in: .min ... .max, using: &numbers)
            }
            bytes += record
        }
        return bytes
    }

    /// Parameters whose lengths are four bytes, and mostly beyond all that comes.
    private mutating func randomLengths() -> [UInt8] {
        let name = [UInt8(0x80) | UInt8.random(in: 0...0x7f, using: &numbers)] + random(3)
        let value = [UInt8(0x80) | UInt8.random(in: 0...0x7f, using: &numbers)] + random(3)
        return FastCGIRecord.record(FastCGIRecord.parameters, name + value + random(20))
            + FastCGIRecord.record(FastCGIRecord.parameters, []) + FastCGIRecord.endOfInput
    }

    /// The three names that a server can be asked for, repeated.
    private mutating func names() -> [UInt8] {
        (0..<Int.random(in: 0...12, using: &numbers)).flatMap { _ in
            let name = ["FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"].randomElement(using: &numbers) ?? ""
            return FastCGIRecord.parameter(name, "")
        }
    }
}
