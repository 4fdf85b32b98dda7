/// What a namespace's own map file is called: `NAMESPACE.conf`.
package enum NamespaceFile {
    private static let ending = ".conf"
    /// The longest label, in characters.
    package static let longestLabel = 63

    package static func name(of namespace: String) -> String { namespace + ending }

    /// The namespace whose file has this name; nil where it can be no namespace's.
    package static func namespace(of name: String) -> String? {
        guard name.hasSuffix(ending) else { return nil }
        let namespace = String(name.dropLast(ending.utf8.count))
        return isLabel(namespace) ? namespace : nil
    }

    /// Whether a text is a DNS-1123 label, as a namespace's name is
    /// (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names). No such is a path.
    package static func isLabel(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= longestLabel else {
            return false
        }
        return first.isLowerAlphanumeric && last.isLowerAlphanumeric
            && text.utf8.allSatisfy { $0.isLowerAlphanumeric || $0 == UInt8(ascii: "-") }
    }
}
