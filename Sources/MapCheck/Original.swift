// Lines that the original ImageSwap, the Python service, read in another way.

import ImageSwap

func originalFindings(_ file: MapFile) -> [Finding] {
    file.rules.compactMap { rule in
        let difference: String?
        switch rule.key {
        case .fallback, .wildcards, .exact: difference = nil
        case .pattern:
            difference =
                rule.targets.first { $0.last == UInt8(ascii: "-") }
                .map { "put a / between this value and the name: \($0.text)/NAME" }
        case .place(let key): difference = placeDifference(key.text)
        }
        return difference.map {
            Finding(.note, .original, line: rule.line, columns: rule.keyColumns, "the original \($0)")
        }
    }
}

private func placeDifference(_ key: String) -> String? {
    let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let registry = parts.first ?? ""
    if key == "docker.io/library" { return "took only images without a registry for those of this key" }
    if parts.count > 1 { return "had no keys with a path, and took no image by this one" }
    if registry == "index.docker.io" { return "took this for another registry than docker.io, as this file does" }
    if !registry.contains(".") {
        return "took \(registry)/NAME for a path on Docker Hub, and so no image by this key"
    }
    return nil
}
