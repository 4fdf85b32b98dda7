// Images as other tools want to be told of them, to copy them.

import ImageSwap

extension MirroredImage {
    /// A source and a target to copy: by digest where there is one, since not all tools take a tag beside it.
    private struct Copy {
        let source: CopiedName
        let target: CopiedName

        init?(_ image: MirroredImage) {
            // What is no valid reference stays, and is not among those that are copied.
            guard let source = CopiedName(image.image), let target = CopiedName(image.target) else { return nil }
            (self.source, self.target) = (source, target)
        }
    }

    private static func copies(_ images: [MirroredImage]) -> [Copy] { images.compactMap(Copy.init) }

    /// Images that are to become one though they are several: of two copies the second would take the first one's place.
    struct Clash {
        let target: String
        let images: [MirroredImage]

        var text: String {
            let names = images.map { "\($0.image) (\($0.uses[0].place))" }
            return "\(target): different images become this one: \(names.joined(separator: ", "))"
        }
    }

    /// - Parameter images: in the order in which clashes are to be told.
    static func clashes(_ images: [MirroredImage]) -> [Clash] {
        var byTarget: [String: [(source: String, image: MirroredImage)]] = [:]
        var order: [String] = []
        for image in images {
            guard let copy = Copy(image) else { continue }
            let target = copy.target.fullName
            if byTarget[target] == nil { order.append(target) }
            byTarget[target, default: []].append((copy.source.fullName, image))
        }
        return order.compactMap { target in
            let sources = byTarget[target] ?? []
            guard Set(sources.map(\.source)).count > 1 else { return nil }
            return Clash(target: target, images: sources.map(\.image))
        }
    }

    static func crane(_ images: [MirroredImage]) -> String {
        copies(images).map { "crane copy \($0.source.text) \($0.target.text)\n" }.joined()
    }

    /// https://regclient.org/usage/regsync/
    static func regsync(_ images: [MirroredImage]) -> String {
        let entries = copies(images).map {
            "  - source: \"\($0.source.text)\"\n    target: \"\($0.target.text)\"\n    type: image\n"
        }
        return entries.isEmpty ? "version: 1\nsync: []\n" : "version: 1\nsync:\n" + entries.joined()
    }

    static func script(_ images: [MirroredImage]) -> String {
        """
        #!/bin/sh
        # Copies each image to its mirror: COPY is a command that takes a source and a target.
        set -eu
        COPY=${COPY:-crane copy}
        while read -r source target; do
          # Without quotes: COPY may hold options. Without an input: the list is not the command's.
          $COPY "$source" "$target" </dev/null
        done <<'IMAGES'
        \(copies(images).map { "\($0.source.text) \($0.target.text)\n" }.joined())IMAGES

        """
    }

    /// `skopeo sync` copies below one place, under the last part of the name: so a list a place. What a rule gives
    /// another last part is copied by itself.
    static func skopeo(_ images: [MirroredImage]) -> String {
        var lists: [String: [String: [String: [String]]]] = [:]
        var single: [Copy] = []
        for copy in copies(images) {
            guard copy.source.lastPart == copy.target.lastPart, let place = copy.target.folder else {
                single.append(copy)
                continue
            }
            lists[place, default: [:]][copy.source.registry, default: [:]][copy.source.path, default: []]
                .append(copy.source.version)
        }
        var script = "#!/bin/sh\n# Copies each image to its mirror.\nset -eu\n"
        for (place, registries) in lists.sorted(by: { $0.key < $1.key }) {
            script += "skopeo sync --all --preserve-digests --src yaml --dest docker /dev/stdin \(place) <<'IMAGES'\n"
            for (registry, paths) in registries.sorted(by: { $0.key < $1.key }) {
                script += "\"\(registry)\":\n  images:\n"
                for (path, versions) in paths.sorted(by: { $0.key < $1.key }) {
                    script += "    \"\(path)\":\n"
                    script += Set(versions).sorted().map { "      - \"\($0)\"\n" }.joined()
                }
            }
            script += "IMAGES\n"
        }
        script += single.map {
            "skopeo copy --all --preserve-digests docker://\($0.source.text) docker://\($0.target.text)\n"
        }.joined()
        return script
    }
}

extension MirroredImage {
    /// The target's one name, `registry[:port]/path` with its version; nil where it is no valid image.
    var canonicalTarget: String? { CopiedName(target)?.fullName }
}

/// A valid image name in the parts that copying needs.
private struct CopiedName {
    let text: String
    let registry: String
    let path: String
    /// The digest, else the tag, else `latest`.
    let version: String
    /// The last part of the path with its version.
    let lastPart: String
    /// With its registry, so that one image has one name.
    let fullName: String
    /// What stands before the last part; nil where nothing does.
    let folder: String?

    init?(_ image: String) {
        let bytes = Array(image.utf8)
        guard let reference = try? ImageReference(bytes.span) else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let name = text(0..<reference.path.upperBound)
        var path = text(reference.path)
        let written = reference.hasRegistry ? text(0..<reference.registryEnd) : "docker.io"
        registry = written
        if written == "docker.io", !path.contains("/") { path = "library/" + path }
        self.path = path
        let suffix: String
        if !reference.digest.isEmpty {
            version = text(reference.digest)
            suffix = "@" + version
        } else {
            version = reference.tag.isEmpty ? "latest" : text(reference.tag)
            suffix = ":" + version
        }
        self.text = name + suffix
        let full = "\(written)/\(path)"
        fullName = full + suffix
        let slash = full.lastIndex(of: "/") ?? full.startIndex
        lastPart = String(full[full.index(after: slash)...]) + suffix
        folder = String(full[..<slash])
    }
}
