internal import Admission

/// A Kubernetes object of a document: what the webhook would see of it.
package struct ManifestObject: Sendable {
    package let node: Int
    package let kind: String
    package let namespace: String
    package let name: String

    /// `Deployment default/web`
    package var description: String {
        let full = namespace.isEmpty ? name : "\(namespace)/\(name)"
        return full.isEmpty ? kind : "\(kind) \(full)"
    }
}

/// An image field of an object.
struct ImageSite {
    /// The scalar that holds the image.
    let scalar: Int
    /// What stands in the field: the scalar, or an alias of it.
    let value: Int
    let list: ImageList
    /// The container's or volume's.
    let name: String
}

extension Tree {
    /// Lists may stand in lists.
    private static let deepestList = 8

    /// The document's objects, those of a `List` or of an array one by one. What has no kind is none.
    package func objects() -> [ManifestObject] {
        var found: [ManifestObject] = []
        guard !nodes.isEmpty else { return [] }
        if nodes[Tree.root].kind == .sequence {
            for element in elements(Tree.root) { collect(element, kind: nil, depth: 1, &found) }
        } else {
            collect(Tree.root, kind: nil, depth: 0, &found)
        }
        return found
    }

    var isArrayOfObjects: Bool { nodes[Tree.root].kind == .sequence && !objects().isEmpty }

    private func collect(_ node: Int, kind inherited: String?, depth: Int, _ found: inout [ManifestObject]) {
        guard nodes[resolved(node)].kind == .mapping, let kind = string(value(node, "kind")) ?? inherited else {
            return
        }
        if kind.hasSuffix("List"), let items = value(node, "items"), nodes[resolved(items)].kind == .sequence {
            guard depth < Self.deepestList else { return }
            let kindOfItems = kind == "List" ? nil : String(kind.dropLast(4))
            for item in elements(items) { collect(item, kind: kindOfItems, depth: depth + 1, &found) }
            return
        }
        let metadata = value(node, "metadata")
        found.append(
            ManifestObject(
                node: node, kind: kind, namespace: string(value(metadata, "namespace")) ?? "",
                name: string(value(metadata, "name")) ?? string(value(metadata, "generateName")) ?? ""))
    }

    /// Whether an object is left alone: by its label, which may also say that it is only told what would be swapped, or
    /// since it is a mirror pod.
    ///
    /// - Parameter label: nil where labels say nothing.
    func isOptedOut(_ object: ManifestObject, label: String?) -> Bool {
        let place = PodSpecPlace(kind: Array(object.kind.utf8).span)
        func isDisabled(_ metadata: Int?) -> Bool {
            guard let label else { return false }
            return ["disabled", "audit"].contains(string(value(value(metadata, "labels"), label)))
        }
        let metadata = value(object.node, "metadata")
        if isDisabled(metadata) { return true }
        if place == .pod { return value(value(metadata, "annotations"), "kubernetes.io/config.mirror") != nil }
        let template = value(object.node, path: place.path.dropLast())
        return isDisabled(value(template, "metadata"))
    }

    /// The object's image fields, in the order of a patch.
    func images(of object: ManifestObject) -> [ImageSite] {
        let place = PodSpecPlace(kind: Array(object.kind.utf8).span)
        let spec = value(object.node, path: place.path)
        var sites: [ImageSite] = []
        for list in ImageList.allCases {
            for element in elements(value(spec, list.name)) {
                guard let value = imageValue(element, list) else { continue }
                sites.append(
                    ImageSite(
                        scalar: resolved(value), value: value, list: list,
                        name: string(self.value(element, "name")) ?? ""))
            }
        }
        return sites
    }

    /// Names of the Secrets that an object's pods have for pulling their images.
    func pullSecrets(of object: ManifestObject) -> [String] {
        let place = PodSpecPlace(kind: Array(object.kind.utf8).span)
        let list = value(value(object.node, path: place.path), "imagePullSecrets")
        return elements(list).compactMap { string(value($0, "name")) }
    }

    private func imageValue(_ element: Int, _ list: ImageList) -> Int? {
        let image = value(element, "image")
        return list == .volumes ? value(image, "reference") : image
    }

    /// Images that a container merges in, by YAML's `<<`, and that count for nothing there.
    func shadowedImages(of object: ManifestObject) -> [Int] {
        guard mayMerge else { return [] }
        let place = PodSpecPlace(kind: Array(object.kind.utf8).span)
        let spec = value(object.node, path: place.path)
        var found: [Int] = []
        for list in ImageList.allCases where list != .volumes {
            for element in elements(value(spec, list.name)) {
                let own = value(element, "image").map(resolved)
                var sources = merged(resolved(element))
                // As many as a mapping can merge in; what stands deeper is told of as used elsewhere.
                var index = 0
                while index < sources.count, sources.count < 1000 {
                    if nodes[sources[index]].kind == .mapping { sources += merged(sources[index]) }
                    index += 1
                }
                found += sources.compactMap { ownValue($0, "image").map(resolved) }.filter { $0 != own }
            }
        }
        return found
    }

    /// What a mapping itself has under a key.
    private func ownValue(_ mapping: Int, _ key: String) -> Int? {
        guard nodes[mapping].kind == .mapping else { return nil }
        let members = Array(children(mapping))
        return members.indices.last {
            $0 % 2 == 0 && $0 + 1 < members.count && nodes[resolved(members[$0])].text == key
        }
        .map { members[$0 + 1] }
    }
}

extension PodSpecPlace {
    /// The names on the way to the pod spec.
    var path: [String] { pointer.split(separator: "/").map(String.init) }
}
