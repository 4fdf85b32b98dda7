private import Foundation
package import Posix
package import TestSupport
package import VerifierProtocol

/// `imageswap-verifier`, running.
package final class VerifierProgram: Sendable {
    package let sockets: SocketFolder
    package let folder: TemporaryFolder
    package let daemon: Daemon

    package init(_ arguments: [String], environment: [String: String] = [:], sockets: SocketFolder? = nil) throws {
        self.sockets = try sockets ?? SocketFolder()
        folder = try TemporaryFolder()
        daemon = try Daemon(
            Self.path, ["--socket", self.sockets.socket] + arguments, environment: environment,
            log: folder.path + "/log")
        let socket = self.sockets.socket
        guard eventually(within: 20, { (try? Connection(socket)) != nil }) else { throw Daemon.Failure(text: log) }
    }

    package static var path: String { "\(Daemon.built)/imageswap-verifier" }

    package var log: String { (try? folder.read("log")) ?? "" }

    package func connect() throws -> Connection { try Connection(sockets.socket) }

    /// Whoever asks.
    package final class Connection {
        package let socket: Descriptor
        private var buffer = FrameBuffer()

        package init(_ path: String) throws {
            socket = try Descriptor.unixStream()
            guard let address = UnixAddress(path: path) else { throw Errno.nameTooLong }
            try socket.setReceiveTimeout(.seconds(20))
            try socket.connect(to: address)
        }

        package func send(_ request: VerifierRequest) throws { try socket.write(try request.frame()) }

        /// The content of the next frame; nil at the end.
        package func receive() throws -> [UInt8]? {
            while true {
                if let content = try buffer.next() { return content }
                let bytes = try socket.read(atMost: 1 << 16)
                if bytes.isEmpty { return nil }
                buffer.append(bytes.span)
            }
        }

        package func ask(_ references: [String], deadline: UInt32 = 5000) throws -> [VerifierAnswer] {
            try reply(to: references, deadline: deadline).answers
        }

        /// The answers, and for how many milliseconds they will be the same.
        package func reply(
            to references: [String], deadline: UInt32 = 5000
        ) throws -> (answers: [VerifierAnswer], lasting: UInt16) {
            try send(.ask(references.map { Array($0.utf8) }, deadline: deadline))
            guard let content = try receive() else { throw Errno.connectionReset }
            return try VerifierAnswer.reply(in: content, to: references.count)
        }

        package func metrics() throws -> String {
            try send(.statistics)
            guard let content = try receive() else { throw Errno.connectionReset }
            return String(decoding: try VerifierStatistics.text(in: content), as: UTF8.self)
        }
    }
}
