private import FastCGI
private import Posix

/// `imageswap-responder health`: whether a responder answers on a socket.
package enum HealthCheck {
    /// Asks, and tells: exit code 0 with the answer on standard output, 69 with why not on standard error.
    package static func run(socket: String, path: String, print: (String) -> Void) -> Exit {
        do throws(Errno) {
            guard let (status, body) = try Probe.get(path, from: socket) else {
                return fail("\(socket): the answer to \(path) is none")
            }
            guard status == 200 else { return fail("\(socket): \(path) answers \(status)") }
            print(String(decoding: body, as: UTF8.self).split(separator: "\n").joined(separator: " "))
            return .ok
        } catch {
            return fail("\(socket): nobody answers \(path): \(error)")
        }
    }

    private static func fail(_ why: String) -> Exit {
        StandardError.write(Array("imageswap-responder: \(why)\n".utf8))
        return .unavailable
    }
}
