/// An image's one name, `registry[:port]/path`: the registry in lower case, `docker.io/` where the text names none,
/// and `library/` before a Docker Hub path of one component.
///
/// A buffer that is filled again for each image.
struct CanonicalName: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var hostEnd = 0
    private(set) var registryEnd = 0

    static let dockerHub = Array("docker.io".utf8)

    var hasPort: Bool { registryEnd > hostEnd }

    /// - Parameter aliasing: whether `index.docker.io` means `docker.io`.
    mutating func assign(_ image: ImageReference, in text: borrowing Span<UInt8>, aliasing: Bool) {
        bytes.removeAll(keepingCapacity: true)
        if !image.hasRegistry || aliasing && text.isDockerHubAlias(end: image.registryEnd) {
            bytes.append(contentsOf: Self.dockerHub)
            hostEnd = bytes.count
        } else {
            for index in 0..<image.registryEnd { bytes.append(text[index].lowercased) }
            hostEnd = image.hostEnd
        }
        registryEnd = bytes.count
        let isOnDockerHub = bytes == Self.dockerHub
        bytes.append(UInt8(ascii: "/"))
        if isOnDockerHub, !text.extracting(image.path).contains(UInt8(ascii: "/")) { bytes.append("library/") }
        bytes.append(text, image.path)
    }

    mutating func removePort() {
        bytes.removeSubrange(hostEnd..<registryEnd)
        registryEnd = hostEnd
    }

    /// Adds `:tag@digest`, as it stands behind the image's path.
    mutating func append(versionOf image: ImageReference, in text: borrowing Span<UInt8>) {
        bytes.append(text, image.path.upperBound..<text.count)
    }

    mutating func removeVersion(of image: ImageReference, in text: borrowing Span<UInt8>) {
        bytes.removeLast(text.count - image.path.upperBound)
    }
}
