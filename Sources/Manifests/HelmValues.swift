// Images in a chart's values: `image: name:tag`, or a block with repository, and registry, tag and digest beside it.

private import ImageSwap

extension DocumentRewriting {
    mutating func rewriteValues() { rewriteValues(below: Tree.root) }

    // A tree is no deeper than `Tree.deepest`.
    private mutating func rewriteValues(below node: Int) {
        let children = Array(tree.children(node))
        guard tree.nodes[node].kind == .mapping else {
            for child in children { rewriteValues(below: child) }
            return
        }
        for index in stride(from: 0, to: children.count - 1, by: 2) {
            let (key, value) = (tree.nodes[children[index]].text, children[index + 1])
            if key == "image" || key.hasSuffix("Image") { rewriteImage(value) }
            rewriteValues(below: value)
        }
    }

    private mutating func rewriteImage(_ value: Int) {
        switch tree.nodes[value].kind {
        case .scalar:
            let text = tree.nodes[value].text
            guard tree.nodes[value].isString, !text.isEmpty else { return }
            guard !text.contains("{{") else { return remarkTemplate(value) }
            let (result, swap) = policy.swap(text)
            uses.append(
                Rewriting.Use(
                    image: text, result: result, swap: swap, offset: tree.nodes[value].range.lowerBound, object: nil,
                    container: ""))
            if swap.isChanged { edit(value, result) }
        case .mapping: rewriteBlock(value)
        case .alias:
            if tree.value(value, "repository") != nil || tree.string(value) != nil {
                remark(.stuck, value, "an alias stands here: it is left alone")
            }
        case .sequence: break
        }
    }

    private mutating func rewriteBlock(_ block: Int) {
        guard let repository = tree.value(block, "repository"), let path = tree.string(repository), !path.isEmpty
        else { return }
        let registry = tree.value(block, "registry")
        let host = registry.flatMap(tree.text) ?? ""
        let tag = tree.value(block, "tag")
        let digest = tree.value(block, "digest").flatMap(tree.text) ?? ""
        let parts = ImageParts(
            name: host.isEmpty ? path : "\(host)/\(path)", tag: tag.flatMap(tree.text) ?? "", digest: digest)
        guard !parts.image.contains("{{") else { return remarkTemplate(block) }
        guard let result = swap(parts, at: repository) else { return }
        guard result.digest == digest, result.tag == parts.tag || tag != nil && !result.tag.isEmpty else {
            return remark(.stuck, repository, "a rule changes the tag or digest of this image: it is left alone")
        }
        if let registry, !host.isEmpty {
            let name = Array(result.name.utf8)
            let end = (try? ImageReference(name.span))?.registryEnd ?? 0
            let rest = result.name.utf8.dropFirst(end == 0 ? 0 : end + 1)
            edit(registry, end == 0 ? "docker.io" : String(decoding: name[..<end], as: UTF8.self))
            edit(repository, String(Substring(rest)))
        } else {
            edit(repository, result.name)
        }
        if let tag, result.tag != parts.tag { edit(tag, result.tag) }
    }
}
