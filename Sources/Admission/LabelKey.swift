/// The key of a label (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/).
package enum LabelKey {
    /// Whether the API server takes it: a name, and perhaps a DNS subdomain before it.
    package static func isValid(_ key: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        func isWord(_ text: Substring, upTo longest: Int, _ inner: String) -> Bool {
            func isAlphanumeric(_ byte: UInt8?) -> Bool {
                byte.map { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0 & 0xdf) } ?? false
            }
            return text.utf8.count <= longest && isAlphanumeric(text.utf8.first) && isAlphanumeric(text.utf8.last)
                && text.utf8.allSatisfy { isAlphanumeric($0) || inner.utf8.contains($0) }
        }
        switch parts.count {
        case 1: return isWord(parts[0], upTo: 63, "-_.")
        case 2: return isWord(parts[0], upTo: 253, "-.") && isWord(parts[1], upTo: 63, "-_.")
        default: return false
        }
    }
}
