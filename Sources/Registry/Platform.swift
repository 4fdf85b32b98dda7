/// `os/architecture[/variant]`, as an image index has it.
package struct Platform: Hashable, Sendable {
    package let os: String
    package let architecture: String
    /// Nil stands for every variant.
    package let variant: String?

    /// Nil for a text that is no platform.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isWord = { (part: String) in
            !part.isEmpty && part.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
        }
        guard (2...3).contains(parts.count), parts.allSatisfy(isWord) else { return nil }
        (os, architecture) = (parts[0], parts[1])
        variant = parts.count == 3 ? parts[2] : nil
    }

    func isMet(by found: ImageDocument.Platform) -> Bool {
        guard found.os == os, found.architecture == architecture else { return false }
        guard let variant else { return true }
        // An arm64 without a variant is a v8: containerd's platforms package.
        return (found.variant ?? (architecture == "arm64" ? "v8" : nil)) == variant
    }
}

extension Platform: CustomStringConvertible {
    package var description: String { "\(os)/\(architecture)\(variant.map { "/\($0)" } ?? "")" }
}
