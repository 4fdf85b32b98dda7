// imageswap-init local: a CA and a serving certificate for a run on this machine.

import ArgumentParser
import Certificates
import Glibc
import Posix

struct Local: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a CA and a serving certificate in a directory, for runs on one machine.",
        discussion: """
            Writes ca.crt, ca.key, tls.crt and tls.key. What is there and good is kept: run it as often as you like. \
            A certificate that lacks a name, or has no more than a third of its life left, is renewed with the same key.

            Exit codes: 0 done or nothing to do, 64 wrong options, 73 cannot write, 78 a file there is not usable.
            """)

    @Option(help: ArgumentHelp("The directory; made if it is missing.", valueName: "dir"))
    var out: String

    @Option(
        name: .customLong("name"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "DNS names and IP addresses that the server is reached by. A name may begin with *.", valueName: "host"),
        transform: hostName)
    var names: [HostName]

    @Option(help: "How many days a new serving certificate is good for.")
    var days = 90

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("--out is empty.") }
        guard (1...LocalCertificates.authorityDays).contains(days) else {
            throw ValidationError("--days must be between 1 and \(LocalCertificates.authorityDays).")
        }
    }

    func run() throws {
        do {
            try LocalCertificates(directory: out, names: names, days: days)
                .update(now: Int64(time(nil))) { print($0) }
        } catch {
            StandardError.write(Array("Error: \(error)\n".utf8))
            throw ExitCode(error.exitCode)
        }
    }
}

func hostName(_ text: String) throws -> HostName {
    do {
        return try HostName(text)
    } catch {
        throw ValidationError("\(error.reason).")
    }
}
