// imageswap-init status: what a directory serves until when, and what is wrong with it.

import ArgumentParser
import Posix
import Provisioning

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a directory serves until when, and what is wrong with it.",
        discussion: """
            Reads a directory that imageswap-init run or local keeps, one that others provide, or a public one, which \
            has no key. It asks no server and writes nothing.

            Exit codes: 0 all is well, 1 something is wrong (a line each, with what would be right), 64 wrong options.
            """)

    @Option(help: ArgumentHelp("The directory with tls.crt, tls.key and ca.crt.", valueName: "dir"))
    var tlsDir = "/tls"

    func validate() throws {
        guard !tlsDir.isEmpty else { throw ValidationError("--tls-dir is empty.") }
    }

    func run() throws {
        let report = DirectoryReport(
            directory: tlsDir, names: Environment().providedNames(afterStandard: true), now: TimeSource.system.now())
        print(report)
        guard report.faults.isEmpty else { throw ExitCode.failure }
    }
}
