package import ImageSwap
package import Logging
private import Posix

/// A map file on disk: read, checked, and its faults logged once.
package struct MapFileSource: Sendable {
    package let path: String
    /// Any invalid line rejects the whole file (`IMAGESWAP_STRICT_MAPS`).
    package let isStrict: Bool
    private let log: Logger
    /// Whether there is a verifier to ask for what `[VERIFY]` lines want to be there.
    private let verifies: Bool
    /// What the file is called in errors.
    package let subject: String

    /// Bytes of a map file at most: a ConfigMap holds 1 MiB.
    private static let longest = 16 << 20
    /// Lines with a fault that are logged one by one.
    private static let loggedDiagnostics = 100

    /// A file that can serve.
    package struct Loaded: Sendable {
        package let text: [UInt8]
        package let file: MapFile
        package let rules: Rules
        package let invalidLines: Int
    }

    package init(
        path: String, isStrict: Bool, verifies: Bool = true, log: Logger, subject: String = MapFileError.mapFile
    ) {
        self.path = path
        self.isStrict = isStrict
        self.verifies = verifies
        self.log = log
        self.subject = subject
    }

    /// A file that was read, and whose lines serve as far as they can.
    package struct Checked: Sendable {
        package let text: [UInt8]
        package let file: MapFile
        package let invalidLines: Int
    }

    /// Reads the file. Why it cannot serve is in the error; faults of single lines are logged.
    ///
    /// - Parameter mayBeEmpty: False where other rules serve already: those stay.
    package func load(mayBeEmpty: Bool) throws(MapFileError) -> Loaded {
        let checked = try check()
        let rules = Rules(checked.file)
        if rules.isEmpty, !mayBeEmpty { throw fault("it has no rules any more") }
        return Loaded(text: checked.text, file: checked.file, rules: rules, invalidLines: checked.invalidLines)
    }

    /// The same without its rules.
    package func check() throws(MapFileError) -> Checked {
        let text = try read()
        let file = MapFile(text.span)
        let invalid = file.diagnostics.count { $0.severity == .error }
        logFaults(of: file)
        if !verifies, let place = file.verifiedPlaces.first {
            let what = "IMAGESWAP_VERIFIER_SOCKET is not set: what registries have is taken for unknown"
            log.warning("\(path):\(place.line): \(what)")
        }
        if isStrict, invalid > 0 {
            let first = file.diagnostics.first { $0.severity == .error }
            throw MapFileError(
                subject: subject, path: path, reason: "\(invalid) invalid lines, and IMAGESWAP_STRICT_MAPS is set",
                firstFault: first.map { "line \($0.line), column \($0.column): \($0.problem)" })
        }
        return Checked(text: text, file: file, invalidLines: invalid)
    }

    package func fault(_ reason: String, mayPass: Bool = false) -> MapFileError {
        MapFileError(subject: subject, path: path, reason: reason, mayPass: mayPass)
    }

    /// Says what was loaded.
    package func announce(_ loaded: Loaded) {
        guard !loaded.rules.isEmpty else {
            log.warning("the map file has no rules: no image is swapped", metadata: ["file": "\(path)"])
            return
        }
        let count = loaded.rules.count
        log.info(
            "rules loaded",
            metadata: [
                "file": "\(path)", "exact": "\(count.exact)", "replace": "\(count.pattern)",
                "registries": "\(count.place)", "wildcards": "\(count.wildcard)", "default": "\(count.fallback)",
                "pull_secrets": "\(loaded.rules.pullSecrets?.names.count ?? 0)",
                "invalid_lines": "\(loaded.invalidLines)",
            ])
    }

    private func read() throws(MapFileError) -> [UInt8] {
        let text: [UInt8]?
        do {
            text = try FileSystem.readIfPresent(path, limit: Self.longest)
        } catch {
            throw fault("\(error)", mayPass: true)
        }
        guard let text else {
            let hint = subject == MapFileError.mapFile ? "; IMAGESWAP_MAPS_FILE names the file to read" : ""
            throw fault("it does not exist\(hint)")
        }
        return text
    }

    private func logFaults(of file: MapFile) {
        for diagnostic in file.diagnostics.prefix(Self.loggedDiagnostics) {
            log.log(level: diagnostic.severity == .error ? .error : .warning, "\(path):\(diagnostic.description)")
        }
        let more = file.diagnostics.count - Self.loggedDiagnostics
        if more > 0 { log.warning("\(path): \(more) more lines with faults") }
    }
}

/// Why there are no rules to serve with, or no new ones.
package struct MapFileError: Error, Equatable, CustomStringConvertible {
    /// What it is about.
    package let subject: String
    package let path: String
    package let reason: String
    /// It is no fault of the file's, which has to be read again though it stays as it is: no descriptor was left, say.
    package let mayPass: Bool
    /// The first of the lines that it was rejected for, of which the log has each.
    package let firstFault: String?

    package static let mapFile = "the map file"

    init(
        subject: String = mapFile, path: String, reason: String, mayPass: Bool = false, firstFault: String? = nil
    ) {
        self.subject = subject
        self.path = path
        self.reason = reason
        self.mayPass = mayPass
        self.firstFault = firstFault
    }

    package var description: String { "\(subject) \(path) cannot be used: \(reason)" }

    /// With the first fault, for who has not the log beside.
    package var explanation: String { description + (firstFault.map { "; \($0)" } ?? "") }
}
