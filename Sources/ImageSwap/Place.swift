/// Where a rule's value puts images.
package struct Place: Equatable, Sendable {
    /// A canonical name or the beginning of one.
    package let name: [UInt8]
    package let extent: Extent

    package enum Extent: Sendable {
        /// The name, and what lies below it; a bare host stands for all its ports.
        case below
        /// Whatever begins with the name, which ends in `-`.
        case prefix
        /// This name with its tag and digest.
        case exact
    }

    /// Whether an image lies here.
    func holds(_ image: CanonicalName) -> Bool {
        let bytes = image.bytes.span
        guard bytes.hasPrefix(name.span) else { return false }
        switch extent {
        case .prefix: return true
        case .exact: return bytes.count == name.count
        case .below:
            return name.count == bytes.count || bytes[name.count] == UInt8(ascii: "/")
                || image.hasPort && name.count == image.hostEnd
        }
    }

    /// The places of a value; of none where it is empty.
    ///
    /// A value that ends in `-` and has no `/` can grow into a host's name or a Docker Hub name, so it has three.
    static func places(of value: [UInt8], aliasing: Bool) -> [Place] {
        guard !value.isEmpty else { return [] }
        let text = value.span
        let registryEnd = text.firstIndex(of: UInt8(ascii: "/"), from: 0) ?? text.count
        let hasSlash = registryEnd < text.count
        var lowered = value
        for index in 0..<registryEnd { lowered[index] = lowered[index].lowercased }
        var name: [UInt8] = lowered
        if text.looksLikeRegistry(end: registryEnd) {
            if aliasing, text.isDockerHubAlias(end: registryEnd) {
                name = CanonicalName.dockerHub + value[registryEnd...]
            }
        } else {
            name = Array("docker.io/".utf8) + value
        }
        guard value.last == UInt8(ascii: "-") else { return [Place(name: name, extent: .below)] }
        var names = [name]
        if !hasSlash {
            names = [lowered, Array("docker.io/".utf8) + lowered, Array("docker.io/library/".utf8) + lowered]
        } else if name.starts(with: "docker.io/".utf8), !name[10...].contains(UInt8(ascii: "/")) {
            names.append(Array("docker.io/library/".utf8) + name[10...])
        }
        return names.map { Place(name: $0, extent: .prefix) }
    }

    /// The place of an `[EXACT]` rule's value: none where the value is no reference.
    static func exact(_ value: [UInt8], aliasing: Bool) -> Place? {
        guard let image = try? ImageReference(value.span) else { return nil }
        var name = CanonicalName()
        name.assign(image, in: value.span, aliasing: aliasing)
        name.append(versionOf: image, in: value.span)
        return Place(name: name.bytes, extent: .exact)
    }
}
