private import Posix
private import VerifierProtocol

/// `imageswap-verifier health`: whether a verifier answers on a socket.
package enum VerifierHealth {
    private static let patience = Duration.seconds(2)

    /// Its metrics. Throws what went wrong, in words.
    package static func metrics(socket path: String) throws(Problem) -> String {
        do {
            guard let address = UnixAddress(path: path) else { throw Problem(description: "it is no path of a socket") }
            let socket = try Descriptor.unixStream()
            try socket.setReceiveTimeout(patience)
            try socket.setSendTimeout(patience)
            try socket.connect(to: address)
            try socket.write(try VerifierRequest.statistics.frame())
            var buffer = FrameBuffer()
            while true {
                let bytes = try socket.read(atMost: 64 << 10)
                guard !bytes.isEmpty else { throw Problem(description: "it answers nothing") }
                buffer.append(bytes.span)
                if let content = try buffer.next() {
                    return String(decoding: try VerifierStatistics.text(in: content), as: UTF8.self)
                }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(description: "\(error)")
        }
    }

    package struct Problem: Error, CustomStringConvertible {
        package let description: String
    }
}
