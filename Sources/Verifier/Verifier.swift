package import Logging
internal import Posix
package import Registry
package import VerifierProtocol

/// Asks registries whether images are there. In the thread of its holder, which lets it work.
package final class Verifier {
    package struct Options: Sendable {
        package var registries = RegistryOptions()
        /// `config.json` with credentials.
        package var credentials: String?
        /// Directory with `HOST[:PORT]/ca.crt`.
        package var authorities: String?
        package var userAgent: String

        package init(userAgent: String) {
            self.userAgent = userAgent
        }
    }

    private var verifier: RegistryVerifier
    private let transfers: Transfers
    private var authorities: AuthorityFiles
    private var credentials: CredentialsFile?
    private let log: Logger?
    /// Looks at a time for `findings`.
    let parallel: Int

    package init(_ options: Options, log: Logger? = nil) {
        parallel = options.registries.parallel
        verifier = RegistryVerifier(options.registries)
        transfers = Transfers(userAgent: options.userAgent)
        authorities = AuthorityFiles(directory: options.authorities)
        credentials = options.credentials.map { CredentialsFile(path: $0) }
        self.log = log
        readCredentials()
    }

    /// Asks for a reference, `registry[:port]/path[:tag][@digest]`.
    func ask(_ reference: [UInt8]) -> (image: RegistryImage?, asked: RegistryVerifier.Asked) {
        do throws(RegistryImage.Problem) {
            let image = try RegistryImage(reference)
            return (image, verifier.ask(image, at: .now))
        } catch {
            return (nil, .finding(Finding(.unknown, "\(error)")))
        }
    }

    /// How long an image that is known at once is known so.
    func rest(of image: RegistryImage?) -> Duration { image.map { verifier.rest(of: $0, at: .now) } ?? .zero }

    func count(_ answer: VerifierAnswer, for image: RegistryImage?) {
        if let image { verifier.count(answer, for: image) }
    }

    /// Looks at the credentials' file: before questions are asked.
    func readCredentials() {
        if let found = credentials?.change(at: .now, log) { verifier.use(found) }
    }

    /// Waits for transfers and for others' descriptors, no longer than `limit`, and answers what was found out since.
    func work(watching watched: inout [Watched], for limit: Duration) -> [Int: Finding] {
        startRequests()
        var found = takeFindings()
        let done = transfers.work(watching: &watched, for: found.isEmpty ? limit : .zero)
        for (number, result) in done { verifier.finish(number, result, at: .now) }
        startRequests()
        found.merge(takeFindings()) { $1 }
        tell()
        return found
    }

    private func startRequests() {
        while true {
            let requests = verifier.takeRequests()
            if requests.isEmpty { return }
            for (number, request) in requests {
                do throws(Errno) {
                    let authority =
                        request.address.isSecure ? try authorities.authority(of: request.address.host) : nil
                    transfers.start(number, request, authority: authority)
                } catch {
                    verifier.finish(
                        number, .failure(.failed("its ca.crt cannot be read: \(error)")), at: .now)
                }
            }
        }
    }

    private func takeFindings() -> [Int: Finding] {
        var found: [Int: Finding] = [:]
        for (lookup, finding) in verifier.takeFindings() { found[lookup] = finding }
        return found
    }

    private func tell() {
        for event in verifier.takeEvents() {
            switch event {
            case .breakerOpened(let registry, let reason):
                log?.warning(
                    "registry is left alone for a while", metadata: ["registry": "\(registry)", "reason": "\(reason)"])
            case .breakerClosed(let registry):
                log?.notice("registry answers again", metadata: ["registry": "\(registry)"])
            case .found(let image, let finding, let time):
                let level: Logger.Level = finding.answer == .unknown ? .info : .debug
                guard let log, level >= log.logLevel else { continue }
                var fields: Logger.Metadata = [
                    "image": "\(image)", "milliseconds": "\(time.wholeMilliseconds)",
                ]
                if let reason = finding.reason { fields["reason"] = "\(reason)" }
                log.log(level: level, "image is \(finding.answer.name)", metadata: fields)
            }
        }
    }

    var hasTransfers: Bool { transfers.count > 0 }

    /// The metrics, in the Prometheus text format.
    func metrics() -> [UInt8] { VerifierMetrics.text(verifier) }
}

extension VerifierAnswer {
    /// As logs and metrics have it.
    package var name: String {
        switch self {
        case .unknown: "unknown"
        case .present: "present"
        case .absent: "absent"
        }
    }
}
