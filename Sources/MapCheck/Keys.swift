// Keys that no image can have.

import ImageSwap

func keyFindings(_ rules: CheckedRules, _ lines: MapLines) -> [Finding] {
    rules.file.rules.filter(rules.isOwn).compactMap { rule in
        switch rule.key {
        case .fallback, .wildcards: nil
        case .exact(let image): neverMatches(rule, image, "no kubelet takes an image of this name")
        case .pattern(let pattern):
            // With a wildcard in it anything may come of it.
            pattern.contains { "*?[".utf8.contains($0) }
                ? nil : neverMatches(rule, pattern, "no kubelet takes an image of this name")
        case .place(let key): placeKey(rule, key, written: lines.bytes(rule.line, rule.keyColumns), rules.aliasing)
        }
    }
}

private func neverMatches(_ rule: MapFile.Rule, _ text: [UInt8], _ reason: String) -> Finding? {
    do {
        _ = try ImageReference(text.span)
        return nil
    } catch {
        return Finding(
            .warning, .neverMatches, line: rule.line, columns: rule.keyColumns, "\(reason): \(error)")
    }
}

private func placeKey(
    _ rule: MapFile.Rule, _ key: [UInt8], written: ArraySlice<UInt8>, _ hasAlias: Bool
) -> Finding? {
    func finding(_ message: String, hint: String?) -> Finding {
        Finding(
            .warning, .neverMatches, line: rule.line, columns: rule.keyColumns, message,
            hint: hint)
    }
    let text = key.text
    let registryEnd = key.firstIndex(of: UInt8(ascii: "/")) ?? key.count
    let registry = key[..<registryEnd].text
    let path = key[registryEnd...].text
    let isRegistry =
        registry.contains(".") || registry.contains(":") || registry == "localhost"
        || written.prefix(registryEnd).contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    guard isRegistry else {
        let library = path.isEmpty ? "library/" : ""
        return finding(
            "no image has the registry \(registry): without a dot or a port it is a path on Docker Hub",
            hint: "write docker.io/\(library)\(text)")
    }
    if hasAlias, registry == "index.docker.io", !path.isEmpty {
        return finding(
            "images of index.docker.io are images of docker.io, so none has this path", hint: "write docker.io\(path)")
    }
    do {
        let reference = try ImageReference((path.isEmpty ? key + Array("/x".utf8) : key).span)
        guard reference.tag.isEmpty, reference.digest.isEmpty else {
            return finding(
                "a key names a place, without a tag or a digest, so no image has this one",
                hint: "write [EXACT]\(text) for this very image, or \(key[..<reference.path.upperBound].text)")
        }
    } catch {
        let lowered = registry + path.lowercased()
        let isMended = (try? ImageReference(Array(lowered.utf8).span)) != nil && lowered != text
        return finding(
            "no image has this \(path.isEmpty ? "registry" : "path"): \(error)",
            hint: isMended ? "write \(lowered)" : nil)
    }
    let name = path.dropFirst()
    if registry == "docker.io", !name.isEmpty, !name.contains("/"), name != "library" {
        return Finding(
            .note, .organisation, line: rule.line, columns: rule.keyColumns,
            "this is the organisation \(name) on Docker Hub, not the official image",
            hint: "the image is docker.io/library/\(name)")
    }
    return nil
}
