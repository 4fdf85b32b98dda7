internal import Posix

/// What workers tell their supervisor: small records on a pipe that they share, each in one write.
package struct WorkerReport: Equatable, Sendable {
    package enum Event: UInt8, Sendable {
        /// It takes requests.
        case ready = 1
        /// It has answered its first request.
        case answered = 2
    }

    package let process: Int32
    package let event: Event

    private static let size = 5

    package init(process: Int32, event: Event) {
        self.process = process
        self.event = event
    }

    package var bytes: [UInt8] {
        let id = UInt32(bitPattern: process)
        return [UInt8(id & 0xff), UInt8(id >> 8 & 0xff), UInt8(id >> 16 & 0xff), UInt8(id >> 24), event.rawValue]
    }

    /// All whole records among some bytes; what makes no sense is passed over.
    package static func all(in bytes: [UInt8]) -> [WorkerReport] {
        stride(from: 0, to: bytes.count - size + 1, by: size).compactMap { start in
            var id: UInt32 = 0
            for index in 0..<4 { id |= UInt32(bytes[start + index]) << UInt32(index * 8) }
            guard let event = Event(rawValue: bytes[start + 4]) else { return nil }
            return WorkerReport(process: Int32(bitPattern: id), event: event)
        }
    }
}
