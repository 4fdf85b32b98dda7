package import Logging
private import ImageSwap
private import Posix

/// The directory of namespaces' own map files (`IMAGESWAP_NAMESPACE_MAPS_DIR`), each `NAMESPACE.conf`: watched, read and
/// checked one by one as the map file is. One that cannot serve leaves what it said before.
package struct NamespaceMapsDirectory: Sendable {
    package let path: String
    /// What can serve.
    package private(set) var maps = NamespaceMaps()
    private let isStrict: Bool
    private let log: Logger
    private var files: [String: File] = [:]
    /// Why the directory cannot be read.
    private var failure: Errno?
    /// Names of files that are no namespace's; that was said.
    private var ignored: Set<String> = []
    private var size = 0

    /// What it is called in errors.
    static let subject = "the directory of namespaces' map files"

    /// Bytes of all files at most: a ConfigMap holds 1 MiB.
    private static let longest = 16 << 20

    private struct File: Sendable {
        var watch: MapFileWatch
        var hasRules = false
        var failure: MapFileError?
    }

    /// Reads all files; one that cannot serve is told of and passed over.
    package init(path: String, isStrict: Bool, log: Logger) throws(MapFileError) {
        self.path = path
        self.isStrict = isStrict
        self.log = log
        do throws(Errno) {
            for (namespace, status) in try list().sorted(by: { $0.key < $1.key }) {
                files[namespace] = File(watch: MapFileWatch(status))
                _ = load(namespace)
            }
        } catch {
            throw MapFileError(
                subject: Self.subject, path: path,
                reason: "\(error); IMAGESWAP_NAMESPACE_MAPS_DIR names the directory to read")
        }
    }

    /// Whether something in it cannot serve as it is now.
    package var isFailing: Bool { failure != nil || files.values.contains { $0.failure != nil } }

    /// The namespaces that have rules, or a file that cannot serve, by their names.
    package var states: [NamespaceState] {
        Set(maps.texts.keys).union(files.filter { $0.value.failure != nil }.keys).sorted().map {
            NamespaceState(name: $0, isFailing: files[$0]?.failure != nil)
        }
    }

    /// Looks whether files have come, gone or changed; whether other rules are to serve from here on.
    package mutating func look(isForced: Bool) -> Bool {
        let found: [String: FileStatus]
        do throws(Errno) {
            found = try list()
            failure = nil
        } catch {
            // What is tried again and again is told of once.
            if error != failure { log.error("\(path) cannot be read: \(error); the namespaces' rules in use stay") }
            failure = error
            return false
        }
        var isChanged = false
        for namespace in Set(files.keys).subtracting(found.keys).sorted() where forget(namespace) { isChanged = true }
        for (namespace, status) in found.sorted(by: { $0.key < $1.key }) {
            // Of a new file this is the first look: it is read once it has stayed the same until the next one.
            let isDue = files[namespace, default: File(watch: MapFileWatch(nil))].watch.isDue(status)
            guard isDue || isForced || files[namespace]?.failure?.mayPass == true else { continue }
            if load(namespace) { isChanged = true }
        }
        return isChanged
    }

    /// The namespaces that have a file, with what tells whether it has changed.
    private mutating func list() throws(Errno) -> [String: FileStatus] {
        var found: [String: FileStatus] = [:]
        for name in try FileSystem.names(in: path) {
            // `..data` and the like are a ConfigMap volume's own.
            guard let namespace = NamespaceFile.namespace(of: name) else {
                if !name.hasPrefix("."), ignored.count < 100, ignored.insert(name).inserted {
                    log.warning("\(path)/\(name) is passed over: no namespace's rules are called so")
                }
                continue
            }
            // One that was taken away since has no status, and what waits for a writer would be read for ever.
            if let status = try? FileStatus(of: "\(path)/\(name)"), status.isRegular { found[namespace] = status }
        }
        return found
    }

    private mutating func load(_ namespace: String) -> Bool {
        let source = MapFileSource(
            path: "\(path)/\(NamespaceFile.name(of: namespace))", isStrict: isStrict, log: log,
            subject: "the namespace's map file")
        let before = maps.texts[namespace]
        do throws(MapFileError) {
            let checked = try source.check()
            if checked.file.isEmpty, files[namespace]?.hasRules == true {
                throw source.fault("it has no rules any more: take the file away to take its rules away")
            }
            let others = size - (before?.count ?? 0)
            guard others + checked.text.count <= Self.longest else {
                throw source.fault("all files together would have more than \(Self.longest) bytes")
            }
            files[namespace]?.failure = nil
            files[namespace]?.hasRules = !checked.file.isEmpty
            guard checked.text != before else { return false }
            size = others + checked.text.count
            maps.texts[namespace] = checked.text
            log.info(
                "a namespace's rules loaded",
                metadata: [
                    "namespace": "\(namespace)", "file": "\(source.path)",
                    "invalid_lines": "\(checked.invalidLines)",
                ])
            return true
        } catch {
            if error != files[namespace]?.failure { log.error("\(error); \(Self.whatServes(before))") }
            files[namespace]?.failure = error
            return false
        }
    }

    private static func whatServes(_ before: [UInt8]?) -> String {
        before == nil ? "the rules for all namespaces serve" : "its rules in use stay"
    }

    private mutating func forget(_ namespace: String) -> Bool {
        files[namespace] = nil
        guard let text = maps.texts.removeValue(forKey: namespace) else { return false }
        size -= text.count
        log.info("a namespace has no rules of its own any more", metadata: ["namespace": "\(namespace)"])
        return true
    }
}
