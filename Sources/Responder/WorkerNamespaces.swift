internal import Logging
private import Posix

/// Where a worker has namespaces' own rules from: what its supervisor has checked, or, alone, the directory itself.
struct WorkerNamespaces {
    private enum Origin {
        case checked(String)
        case directory(NamespaceMapsDirectory)
    }

    private(set) var maps = NamespaceMaps()
    private var origin: Origin
    /// The checked file that was read last.
    private var read: FileStatus?
    /// The checked file could not be read.
    private var isFailing = false
    private var told: [NamespaceState] = []
    private let metrics: ServiceMetrics
    private let log: Logger

    /// Bytes of the checked file at most; the supervisor keeps the texts in it below that.
    private static let longest = 32 << 20

    /// Nil where there are none.
    init?(
        _ settings: Settings, _ supervision: WorkerOptions.Supervision?, _ metrics: ServiceMetrics, _ log: Logger
    ) throws(MapFileError) {
        self.metrics = metrics
        self.log = log
        if let supervision {
            guard let path = supervision.namespaceRules else { return nil }
            origin = .checked(path)
            // As without the map file's, no request is taken without them: another worker tries again.
            guard reload() else {
                throw MapFileError(
                    subject: "the checked copy of namespaces' map files", path: path, reason: "the line before says why"
                )
            }
        } else {
            guard let path = settings.namespaceMaps else { return nil }
            let directory = try NamespaceMapsDirectory(path: path, isStrict: settings.isStrict, log: log)
            origin = .directory(directory)
            take(directory)
        }
    }

    /// Looks whether a directory that nobody else watches has changed, or a checked file may be read by now that could not;
    /// whether the maps are others now.
    mutating func look() -> Bool {
        switch origin {
        case .checked: return isFailing && reload()
        case .directory(var directory):
            let isChanged = directory.look(isForced: false)
            take(directory)
            return isChanged
        }
    }

    /// The same when it was said that there may be others.
    mutating func reload() -> Bool {
        switch origin {
        case .checked(let path): return reload(path)
        case .directory(var directory):
            let isChanged = directory.look(isForced: true)
            take(directory)
            return isChanged
        }
    }

    private mutating func take(_ directory: NamespaceMapsDirectory) {
        origin = .directory(directory)
        maps = directory.maps
        metrics.setNamespaceRules(maps.texts.count, isFailing: directory.isFailing)
        if directory.states != told {
            told = directory.states
            metrics.tellOfNamespaces(told)
        }
    }

    private mutating func reload(_ path: String) -> Bool {
        let status = try? FileStatus(of: path)
        guard status != read || isFailing else { return false }
        do {
            let bytes = try FileSystem.readIfPresent(path, limit: Self.longest)
            guard let bytes, let maps = NamespaceMaps(bytes: bytes) else { throw Errno.notFound }
            self.maps = maps
            read = status
            isFailing = false
            return true
        } catch {
            // What is tried again and again is told of once.
            if !isFailing { log.error("\(path) cannot be read: \(error); the namespaces' rules in use stay") }
            isFailing = true
            return false
        }
    }
}
