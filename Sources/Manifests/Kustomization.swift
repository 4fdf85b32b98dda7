// `images:` of a kustomization: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/

private import ImageSwap

extension Tree {
    /// Whether a document says that it is a kustomization, or says no kind and has what only one has.
    var isKustomization: Bool {
        switch string(value(Tree.root, "kind")) {
        case "Kustomization", "Component": true
        case nil:
            elements(value(Tree.root, "images")).contains { entry in
                ["newName", "newTag", "digest"].contains { value(entry, $0) != nil }
            }
                && string(value(Tree.root, "apiVersion")) == nil
        default: false
        }
    }
}

extension DocumentRewriting {
    /// Gives each entry the new name that its image is swapped to. The name that it stands for stays: bases have it.
    mutating func rewriteKustomization() {
        let entries = tree.elements(tree.value(Tree.root, "images"))
        // Each entry takes what those before it made: what a later one finds by its name keeps it.
        var later = entries.reduce(into: [String: Int]()) {
            if let name = tree.value($1, "name").flatMap(tree.text) { $0[name, default: 0] += 1 }
        }
        for entry in entries {
            if let name = tree.value(entry, "name").flatMap(tree.text) { later[name, default: 0] -= 1 }
            guard let name = tree.value(entry, "name"), let image = tree.text(name), !image.isEmpty else { continue }
            let newName = tree.value(entry, "newName").flatMap { tree.text($0)?.isEmpty == false ? $0 : nil }
            let tag = tree.value(entry, "newTag").flatMap(tree.text) ?? ""
            let digest = tree.value(entry, "digest").flatMap(tree.text) ?? ""
            guard ![image, tag, digest].contains(where: { $0.contains("{{") }) else { continue }
            let parts = ImageParts(
                name: newName.flatMap(tree.text) ?? image, tag: tag, digest: digest)
            guard let result = swap(parts, at: newName ?? name), later[parts.name, default: 0] == 0,
                !isKept(parts.name, at: newName ?? name)
            else { continue }
            guard result.tag == tag, result.digest == digest else {
                remark(.stuck, name, "a rule changes the tag of this image: the entry is left alone")
                continue
            }
            if let newName {
                edit([(newName, result.name)])
            } else if let empty = tree.value(entry, "newName") {
                // Of two members of one name the last would count.
                remark(.stuck, empty, "an empty newName stands here: take it away; the entry is left alone")
            } else {
                insert("newName: \(result.name)", behind: name, in: entry)
                uses[uses.count - 1].isMade = true
            }
        }
    }

    /// Puts a member behind another one of a mapping: on a line of its own, unless the mapping is written in braces.
    private mutating func insert(_ member: String, behind value: Int, in mapping: Int) {
        let range = tree.nodes[value].range
        if bytes[tree.nodes[tree.resolved(mapping)].range.lowerBound] == UInt8(ascii: "{") {
            edits.append(Edit(range.upperBound..<range.upperBound, ", \(member)"))
            return
        }
        let end = bytes[range.upperBound...].firstIndex { $0 == 0x0a || $0 == 0x0d } ?? bytes.endIndex
        let isCRLF = end + 1 < bytes.count && bytes[end] == 0x0d && bytes[end + 1] == 0x0a
        let key = tree.nodes[tree.resolved(mapping)].range.lowerBound
        let lineStart = bytes[..<key].lastIndex { $0 == 0x0a || $0 == 0x0d }.map { $0 + 1 } ?? 0
        let indent = String(repeating: " ", count: key - lineStart)
        edits.append(Edit(end..<end, (isCRLF ? "\r\n" : "\n") + indent + member))
    }
}

/// An image in the parts that tools keep apart.
struct ImageParts {
    /// Registry and path.
    let name: String
    let tag: String
    let digest: String

    var image: String { name + (tag.isEmpty ? "" : ":\(tag)") + (digest.isEmpty ? "" : "@\(digest)") }
}

extension DocumentRewriting {
    /// Swaps an image that is written in parts; nil where it stays.
    mutating func swap(_ parts: ImageParts, at node: Int) -> ImageParts? {
        let (result, swap) = policy.swap(parts.image)
        uses.append(
            Rewriting.Use(
                image: parts.image, result: result, swap: swap, offset: tree.nodes[node].range.lowerBound,
                object: nil, container: ""))
        guard swap.isChanged else { return nil }
        let bytes = Array(result.utf8)
        // Only valid references are handed out.
        guard let reference = try? ImageReference(bytes.span) else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return ImageParts(
            name: text(0..<reference.path.upperBound), tag: text(reference.tag), digest: text(reference.digest))
    }

    /// Makes all edits that the last use needs, or none of them.
    mutating func edit(_ texts: [(node: Int, text: String)]) {
        for (node, _) in texts where tree.nodes[node].kind != .scalar || tree.aliases[node] != nil {
            return remark(.stuck, node, "an alias uses this elsewhere too: it is left alone")
        }
        for (node, text) in texts { edits.append(tree.replacement(of: node, by: text, in: bytes)) }
        uses[uses.count - 1].isMade = true
    }
}

extension Tree {
    /// A scalar's text, a number's too.
    func text(_ node: Int) -> String? {
        let scalar = nodes[resolved(node)]
        guard scalar.kind == .scalar else { return nil }
        return scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.text) ? nil : scalar.text
    }
}
