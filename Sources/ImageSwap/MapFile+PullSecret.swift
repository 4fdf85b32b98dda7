extension MapFile {
    /// A line `[PULL_SECRET]place::name, name…`: what a pod with an image at that place needs to pull it.
    package struct PullSecret: MarkedLine, Equatable, Sendable {
        /// `registry[:port][/path]`, the registry in lower case, without trailing slashes
        package let place: [UInt8]
        /// Names of Secrets, each once; none take the place's secrets away.
        package let names: [[UInt8]]
        /// From 1.
        package let line: Int
        /// Where the place stands as written, the mark before it included: bytes from the start of the line, from 1.
        package internal(set) var keyColumns = 1..<1
        /// The same of the names.
        package internal(set) var valueColumns = 1..<1
        /// It is a namespace's own, and `line` one of that namespace's file.
        package internal(set) var isOfNamespace = false

        static let mark = "[PULL_SECRET]"
        static let whereNoImageLies = "no pod gets these secrets"
        /// The longest name, in characters (RFC 1123, as Kubernetes reads it).
        static let longestName = 253

        init(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>, line: Int) throws(MapLineError) {
            let place = try MapFile.place(of: key, after: Self.mark)
            var names: [[UInt8]] = []
            var known = ByteTable()
            for name in value.split(separator: UInt8(ascii: ",")) {
                guard Self.isName(name) else {
                    throw MapLineError(
                        offset: name.startIndex,
                        problem: "a Secret's name must be lower-case letters and digits, joined by '-' and '.', at most"
                            + " \(Self.longestName) characters")
                }
                guard known.insert(Array(name), number: names.count) == names.count else { continue }
                names.append(Array(name))
            }
            self.place = place
            self.names = names
            self.line = line
        }

        /// Where the images lie that need the Secrets.
        ///
        /// - Parameter aliasing: whether `index.docker.io` means `docker.io`.
        package func places(aliasing: Bool) -> [Place] { Place.places(of: place, aliasing: aliasing) }

        /// Whether it is a DNS-1123 subdomain
        /// (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names).
        package static func isName(_ name: ArraySlice<UInt8>) -> Bool {
            name.count <= longestName
                && name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                    guard let first = label.first, let last = label.last else { return false }
                    return first.isLowerAlphanumeric && last.isLowerAlphanumeric
                        && label.allSatisfy { $0.isLowerAlphanumeric || $0 == UInt8(ascii: "-") }
                }
        }
    }
}
