package import ImageSwap
package import Logging
private import Posix

/// Why there are no rules to serve with.
package struct MapFileError: Error, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "the map file \(path) cannot be read: \(reason)" }
}

extension SwapPolicy {
    /// Bytes of a map file at most: a ConfigMap holds 1 MiB.
    private static let longestMapFile = 16 << 20
    /// Lines with a fault that are logged one by one.
    private static let loggedDiagnostics = 100

    /// Loads the rules that the settings name, and logs what is wrong with them.
    package static func load(_ mode: Settings.Mode, _ log: Logger) throws(MapFileError) -> SwapPolicy {
        switch mode {
        case .legacy(let prefix):
            if prefix.isEmpty { log.warning("IMAGE_PREFIX is empty: no image is swapped") }
            return .legacy(prefix: Array(prefix.utf8))
        case .maps(let path):
            let rules = Rules(try read(path, log))
            if rules.isEmpty {
                log.warning("the map file has no rules: no image is swapped", metadata: ["file": "\(path)"])
            } else {
                let count = rules.count
                log.info(
                    "rules loaded",
                    metadata: [
                        "file": "\(path)", "exact": "\(count.exact)", "replace": "\(count.pattern)",
                        "registries": "\(count.place)", "wildcards": "\(count.wildcard)",
                    ])
            }
            return .maps(rules)
        }
    }

    private static func read(_ path: String, _ log: Logger) throws(MapFileError) -> MapFile {
        let text: [UInt8]?
        do {
            text = try FileSystem.readIfPresent(path, limit: longestMapFile)
        } catch {
            throw MapFileError(path: path, reason: "\(error)")
        }
        guard let text else {
            throw MapFileError(path: path, reason: "it does not exist; IMAGESWAP_MAPS_FILE names the file to read")
        }
        let file = MapFile(text.span)
        for diagnostic in file.diagnostics.prefix(loggedDiagnostics) {
            log.log(level: diagnostic.severity == .error ? .error : .warning, "\(path):\(diagnostic.description)")
        }
        let more = file.diagnostics.count - loggedDiagnostics
        if more > 0 { log.warning("\(path): \(more) more lines with faults") }
        return file
    }
}
