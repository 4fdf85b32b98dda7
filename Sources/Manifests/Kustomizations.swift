/// Kustomizations, and which files each of them takes.
///
/// Kustomize finds an image by the name that it has where it stands. So an image that an entry of `images:` names must
/// keep its name there, or the entry finds nothing any more and its tag is lost: the entry gets the new name instead.
package struct Kustomizations: Sendable {
    /// How files must be named for kustomize to take them as such.
    package static let fileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    /// Why an image keeps its name.
    package enum Kept: Equatable, Sendable {
        /// An entry takes it, which is rewritten itself.
        case byEntry
        /// It cannot be swapped so that every build of it has the right image: why not.
        case stuck(String)
    }

    private struct Kustomization {
        let path: String
        let isRewritten: Bool
        var names: Set<String> = []
        /// Files and folders, from where all paths are.
        var references: [String] = []
        var components: [String] = []
    }

    private var all: [String: Kustomization] = [:]
    /// The kustomizations that take a file, themselves or by way of others.
    private var takers: [String: Set<String>] = [:]

    private let directory: String

    /// - Parameter directory: from where relative paths are.
    package init(in directory: String) { self.directory = directory }

    package var isEmpty: Bool { all.isEmpty }

    /// - Parameter isRewritten: whether its entries get new names too.
    package mutating func add(_ manifest: Manifest, path: String, isRewritten: Bool) {
        let key = normal(path)
        let folder = Self.folder(of: key)
        var kustomization = Kustomization(path: path, isRewritten: isRewritten)
        for tree in manifest.documents where !tree.nodes.isEmpty {
            for entry in tree.elements(tree.value(Tree.root, "images")) {
                if let name = tree.value(entry, "name").flatMap(tree.text) { kustomization.names.insert(name) }
            }
            var references = ["resources", "bases", "components", "patchesStrategicMerge"].flatMap {
                tree.elements(tree.value(Tree.root, $0)).compactMap(tree.string)
            }
            references += tree.elements(tree.value(Tree.root, "patches")).compactMap {
                tree.string(tree.value($0, "path"))
            }
            func place(_ reference: String) -> String {
                normal(reference.hasPrefix("/") ? reference : "\(folder)/\(reference)")
            }
            kustomization.references += references.map(place)
            kustomization.components += tree.elements(tree.value(Tree.root, "components"))
                .compactMap { tree.string($0).map(place) }
        }
        all[key] = kustomization
    }

    /// Whatever is taken, once each: folders of kustomizations may be among it.
    package var references: Set<String> { all.values.reduce(into: []) { $0.formUnion($1.references) } }

    package func contains(_ path: String) -> Bool { all[normal(path)] != nil }

    /// Finds out what takes what, once all are added.
    package mutating func settle() {
        takers = [:]
        // A component works on what stands beside it.
        for key in all.keys.sorted() {
            guard let user = all[key] else { continue }
            for component in user.components {
                for path in Self.fileNames.map({ "\(component)/\($0)" }) {
                    all[path]?.references += user.references.filter { $0 != component }
                }
            }
        }
        for key in all.keys {
            var waiting = all[key]?.references ?? []
            var seen: Set<String> = [key]
            while let reference = waiting.popLast() {
                for path in [reference] + Self.fileNames.map({ "\(reference)/\($0)" }) where seen.insert(path).inserted
                {
                    takers[path, default: []].insert(key)
                    waiting += all[path]?.references ?? []
                }
            }
        }
    }

    /// The names of images that stay as they are in a file.
    package func kept(in path: String) -> [String: Kept] {
        let taking = takers[normal(path)] ?? []
        var kept: [String: Kept] = [:]
        for taker in taking.sorted() {
            guard let kustomization = all[taker] else { continue }
            for name in kustomization.names where kept[name] == nil || kept[name] == .byEntry {
                kept[name] =
                    kustomization.isRewritten
                    ? .byEntry
                    : .stuck("\(kustomization.path) finds this image by its name: it is left alone")
            }
        }
        // What is built by itself, and has no entry of the name on any way to the file, would go without the swap.
        for root in taking.sorted() where takers[root, default: []].isEmpty {
            let names = taking.filter { $0 == root || takers[$0, default: []].contains(root) }
                .reduce(into: Set<String>()) { $0.formUnion(all[$1]?.names ?? []) }
            for name in kept.keys where kept[name] == .byEntry && !names.contains(name) {
                let other = all[root]?.path ?? root
                kept[name] = .stuck(
                    "an entry of images: finds this image by its name, and \(other), which takes it too, has none: "
                        + "it is left alone")
            }
        }
        return kept
    }

    /// An image without tag and digest: what kustomize compares with an entry's name.
    static func name(of image: String) -> String {
        let name = image.prefix { $0 != "@" }
        let start = name.lastIndex(of: "/") ?? name.startIndex
        guard let colon = name[start...].lastIndex(of: ":") else { return String(name) }
        return String(name[..<colon])
    }

    // MARK: paths, as they are written: links are not followed

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func normal(_ path: String) -> String {
        let path = path.hasPrefix("/") ? path : "\(directory)/\(path)"
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
