// The manifests that paths name: files, and those in directories.

import Glibc
import Manifests
import Posix

/// Files to be read, in their order, and what could not be listed.
struct ManifestFiles {
    private(set) var paths: [String] = []
    /// A line each.
    private(set) var problems: [String] = []

    /// Links in directories that lead out of them: what they lead to may be anyone's.
    private(set) var leadingOut: Set<String> = []

    /// How files of a directory must end to be manifests, in whatever case.
    private static let endings = [".yaml", ".yml", ".json"]

    init(_ paths: [String]) {
        for path in paths {
            do throws(Errno) {
                if path != "-", try FileSystem.kind(of: path) == .directory {
                    list(path, within: try FileSystem.resolved(path))
                } else {
                    self.paths.append(path)
                }
            } catch {
                problems.append("\(path): cannot be read: \(error)")
            }
        }
    }

    /// Directories that are symbolic links, which may lead round, and hidden ones such as `.git` are passed over.
    ///
    /// - Parameter root: the directory that was named, without links.
    private mutating func list(_ directory: String, within root: String) {
        let base = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        do throws(Errno) {
            for name in try FileSystem.names(in: directory).sorted() where !name.hasPrefix(".") {
                let path = "\(base)/\(name)"
                let isManifest =
                    Self.endings.contains { name.lowercased().hasSuffix($0) } || Kustomizations.fileNames.contains(name)
                if try FileSystem.isLink(path) {
                    guard isManifest, (try? FileSystem.kind(of: path)) == .file else { continue }
                    paths.append(path)
                    if try !FileSystem.resolved(path).hasPrefix(root == "/" ? root : "\(root)/") {
                        leadingOut.insert(path)
                    }
                    continue
                }
                switch try FileSystem.kind(of: path) {
                case .directory: list(path, within: root)
                case .file where isManifest: paths.append(path)
                case .file, .other: break
                }
            }
        } catch {
            problems.append("\(directory): cannot be read: \(error)")
        }
    }
}

/// How far long work is: on a terminal, and from its second second on.
struct Progress {
    private let total: Int
    private let isShown = Output.standardError.isTerminal
    private let started = ContinuousClock.now
    private var done = 0
    private var shown = 0

    init(total: Int) { self.total = total }

    mutating func step() {
        done += 1
        guard isShown, done - shown >= 100, ContinuousClock.now - started > .seconds(1) else { return }
        shown = done
        StandardError.write(Array("\r\(done) of \(total) files".utf8))
    }

    /// Takes the line away.
    func end() {
        if shown > 0 { StandardError.write(Array("\r\u{1b}[K".utf8)) }
    }
}

// Reading one.
extension ManifestFiles {
    enum Content {
        case manifest(Manifest, text: [UInt8])
        case template(text: [UInt8])
        /// That was told of.
        case failed
    }

    /// What a path is called in messages.
    static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// Reads a manifest, and says what is in the way.
    ///
    /// - Parameter fate: What becomes of a template: "left out", say.
    static func read(_ path: String, templatesAre fate: String) -> Content {
        guard let text = try? Console.read(path, limit: Tree.longestFile) else { return .failed }
        do {
            return .manifest(try Manifest(text), text: text)
        } catch {
            let reason = error.isTemplate ? "a template, which is \(fate)" : error.reason
            Console.warn("\(name(of: path)):\(error.line):\(error.column): \(reason)")
            return error.isTemplate ? .template(text: text) : .failed
        }
    }
}
