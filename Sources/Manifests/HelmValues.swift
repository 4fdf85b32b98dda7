// Images in a chart's values: `image: name:tag`, or a block with repository, and registry, tag and digest beside it;
// the repository may be named `image` there.

private import ImageSwap

extension DocumentRewriting {
    mutating func rewriteValues() { rewriteValues(below: Tree.root, isImage: false) }

    // A tree is no deeper than `Tree.deepest`.
    /// - Parameter isImage: whether the key says that it is an image.
    private mutating func rewriteValues(below node: Int, isImage: Bool) {
        let children = Array(tree.children(node))
        guard tree.nodes[node].kind == .mapping else {
            for child in children { rewriteValues(below: child, isImage: false) }
            return
        }
        let repository = tree.repository(of: node, isImage: isImage)
        if let repository { rewriteBlock(node, repository) }
        for index in stride(from: 0, to: children.count - 1, by: 2) {
            let (key, value) = (tree.nodes[children[index]].text, children[index + 1])
            let isImage = key == "image" || key.hasSuffix("Image")
            if isImage, value != repository { rewriteImage(value) }
            rewriteValues(below: value, isImage: isImage)
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
            if swap.isChanged { edit([(value, result)]) }
        case .alias:
            let target = tree.resolved(value)
            // What is a block wherever it stands was changed there.
            if tree.repository(of: target, isImage: false) == nil,
                tree.repository(of: target, isImage: true) != nil || tree.string(value) != nil
            {
                remark(.stuck, value, "an alias stands here: it is left alone")
            }
        case .mapping, .sequence: break
        }
    }

    private mutating func rewriteBlock(_ block: Int, _ repository: Int) {
        guard let path = tree.string(repository), !path.isEmpty else { return }
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
        var texts: [(node: Int, text: String)] = []
        if let registry, !host.isEmpty {
            let name = Array(result.name.utf8)
            let end = (try? ImageReference(name.span))?.registryEnd ?? 0
            let rest = result.name.utf8.dropFirst(end == 0 ? 0 : end + 1)
            texts.append((registry, end == 0 ? "docker.io" : String(decoding: name[..<end], as: UTF8.self)))
            texts.append((repository, String(Substring(rest))))
        } else {
            texts.append((repository, result.name))
        }
        if let tag, result.tag != parts.tag { texts.append((tag, result.tag)) }
        edit(texts)
    }
}

extension Tree {
    /// What holds the repository of a block that is an image; nil where it is none.
    ///
    /// - Parameter isImage: whether it stands under a key of an image. Elsewhere `repository` may be a chart's or a
    ///   source's: it is an image's beside a registry, a tag or a digest.
    fileprivate func repository(of block: Int, isImage: Bool) -> Int? {
        if let repository = value(block, "repository") {
            guard let path = string(repository), !path.contains("://") else { return nil }
            return isImage || ["registry", "tag", "digest"].contains { value(block, $0) != nil } ? repository : nil
        }
        guard let image = value(block, "image"), let registry = value(block, "registry") else { return nil }
        return string(image) != nil && nodes[resolved(registry)].kind == .scalar ? image : nil
    }
}
