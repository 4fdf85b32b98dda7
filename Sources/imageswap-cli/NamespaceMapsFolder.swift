import Glibc
import ImageSwap
import Posix

/// The folder of namespaces' own map files, `NAMESPACE.conf` each, as `IMAGESWAP_NAMESPACE_MAPS_DIR` names it.
struct NamespaceMapsFolder {
    /// A namespace's own map file.
    struct File {
        let namespace: String
        let path: String
    }

    let path: String
    /// By the namespaces' names.
    private(set) var files: [File] = []

    /// Lists it. Says what cannot be read, and which files are no namespace's.
    init(path: String) throws {
        self.path = path
        let base = path.hasSuffix("/") ? String(path.dropLast()) : path
        let names: [String]
        do throws(Errno) {
            names = try FileSystem.names(in: path).sorted()
        } catch {
            Console.warn("\(path): cannot be read: \(error)")
            throw Console.noInput
        }
        for name in names where !name.hasPrefix(".") {
            guard let namespace = NamespaceFile.namespace(of: name) else {
                Console.warn("\(base)/\(name): passed over: no namespace's rules are called so")
                continue
            }
            guard (try? FileSystem.kind(of: "\(base)/\(name)")) == .file else { continue }
            files.append(File(namespace: namespace, path: "\(base)/\(name)"))
        }
    }

    /// What a namespace's file would be called here.
    func path(of namespace: String) -> String {
        (path.hasSuffix("/") ? path : path + "/") + NamespaceFile.name(of: namespace)
    }
}
