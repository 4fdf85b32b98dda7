// The kustomizations that bear on files: those among them and beside them, and what these take.

import Manifests
import Posix

extension ManifestFiles {
    /// - Parameter areRewritten: whether entries of those among the files get new names.
    func kustomizations(areRewritten: Bool) -> Kustomizations {
        var kustomizations = Kustomizations(in: (try? FileSystem.resolved(".")) ?? "")
        let given = Set(paths)
        var folders: Set<String> = []
        for path in paths where path != "-" {
            let slash = path.lastIndex(of: "/")
            let prefix = slash.map { String(path[...$0]) } ?? ""
            if Kustomizations.fileNames.contains(String(path.dropFirst(prefix.count))) {
                add(path, isRewritten: areRewritten, to: &kustomizations)
            }
            guard folders.insert(prefix).inserted else { continue }
            for name in Kustomizations.fileNames where !given.contains(prefix + name) {
                add(prefix + name, isRewritten: false, to: &kustomizations)
            }
        }
        var seen: Set<String> = []
        while true {
            let found = kustomizations.references.filter { seen.insert($0).inserted }
            guard !found.isEmpty else { break }
            for folder in found where !folder.contains(where: \.isNewline) {
                for name in Kustomizations.fileNames where !kustomizations.contains("\(folder)/\(name)") {
                    add("\(folder)/\(name)", isRewritten: false, to: &kustomizations)
                }
            }
        }
        kustomizations.settle()
        return kustomizations
    }

    /// One that cannot be read is told of when its turn comes, if it is among the files.
    private func add(_ path: String, isRewritten: Bool, to kustomizations: inout Kustomizations) {
        guard let text = try? FileSystem.readIfPresent(path, limit: Tree.longestFile),
            let manifest = try? Manifest(text)
        else { return }
        kustomizations.add(manifest, path: path, isRewritten: isRewritten)
    }
}
