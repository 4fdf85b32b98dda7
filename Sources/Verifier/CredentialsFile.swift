internal import Logging
internal import Posix
internal import Registry

/// A `config.json` with credentials, looked at again now and then.
struct CredentialsFile {
    private let path: String
    private var status: FileStatus?
    private var checked: MonotonicTime?
    /// What was last told to be wrong, so that it is told once.
    private var problem: String?

    private static let longest = 1 << 20
    private static let interval = Duration.seconds(1)

    init(path: String) {
        self.path = path
    }

    /// The file's credentials if they are others than before. One that cannot be read, or holds none, changes nothing.
    mutating func change(at now: MonotonicTime, _ log: Logger?) -> Credentials? {
        if let checked, now - checked < Self.interval { return nil }
        checked = now
        do throws(Errno) {
            let status = try FileStatus(of: path)
            guard status != self.status else { return nil }
            guard let bytes = try FileSystem.readIfPresent(path, limit: Self.longest) else { return nil }
            self.status = status
            let credentials: Credentials
            do throws(Credentials.Problem) {
                credentials = try Credentials(bytes)
            } catch {
                return tell("\(error)", log)
            }
            problem = nil
            for warning in credentials.warnings { log?.warning("\(warning)", metadata: ["path": "\(path)"]) }
            log?.info("credentials are read", metadata: ["path": "\(path)"])
            return credentials
        } catch {
            return tell("\(error)", log)
        }
    }

    private mutating func tell(_ problem: String, _ log: Logger?) -> Credentials? {
        if problem != self.problem {
            log?.warning("the credentials stay as they were", metadata: ["path": "\(path)", "reason": "\(problem)"])
        }
        self.problem = problem
        return nil
    }
}
