internal import ImageSwap

/// A URL of http or https, as far as registries need it: no user, no fragment.
package struct WebAddress: Hashable, Sendable {
    package var isSecure: Bool
    /// `host[:port]`, in lower case, without the scheme's own port.
    package var host: String
    /// With the query, if there is one; begins with "/".
    package var path: String

    /// URLs that are longer are none.
    private static let longest = 4096

    package init(isSecure: Bool, host: String, path: String) {
        self.isSecure = isSecure
        self.host = Self.withoutDefaultPort(host.lowercased(), isSecure: isSecure)
        self.path = path
    }

    /// Reads an absolute URL; nil for anything else, with a user or a character that stands in none too.
    package init?(_ text: String) {
        let isSecure: Bool
        let rest: Substring
        let lowered = text.prefix(8).lowercased()
        if lowered.hasPrefix("https://") {
            (isSecure, rest) = (true, text.dropFirst(8))
        } else if lowered.hasPrefix("http://") {
            (isSecure, rest) = (false, text.dropFirst(7))
        } else {
            return nil
        }
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest[host.endIndex...].prefix { $0 != "#" }
        if path.first != "/" { path = "/" + path }
        guard Self.isHost(String(host)), Self.isPath(path) else { return nil }
        self.init(isSecure: isSecure, host: String(host), path: String(path))
    }

    /// Where `Location: text` leads from here: an absolute URL, or a path of the same host.
    package func following(_ text: String) -> WebAddress? {
        if text.hasPrefix("/"), !text.hasPrefix("//") {
            let path = text.prefix { $0 != "#" }
            guard Self.isPath(path) else { return nil }
            return WebAddress(isSecure: isSecure, host: host, path: String(path))
        }
        return WebAddress(text)
    }

    /// Whether credentials for the one are credentials for the other.
    package func hasSameOrigin(as other: WebAddress) -> Bool { isSecure == other.isSecure && host == other.host }

    package var text: String { "\(isSecure ? "https" : "http")://\(host)\(path)" }

    /// Whether a text is `host[:port]` as an image reference has it: it may name a directory, then.
    package static func isHost(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255, !text.contains("/") else { return false }
        // A host without a dot is no registry to ImageReference, unless it has a port.
        let hasPort = text.hasPrefix("[") ? text.contains("]:") : text.contains(":")
        let reference = Array("\(text)\(hasPort ? "" : ":1")/a".utf8)
        guard let image = try? ImageReference(reference.span) else { return false }
        return image.hasRegistry && image.registryEnd == reference.count - 2
    }

    private static func isPath(_ text: Substring) -> Bool {
        text.utf8.count <= longest && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c }
    }

    private static func withoutDefaultPort(_ host: String, isSecure: Bool) -> String {
        let port = isSecure ? ":443" : ":80"
        return host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
    }
}
