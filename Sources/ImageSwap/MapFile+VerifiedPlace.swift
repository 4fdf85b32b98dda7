extension MapFile {
    /// A line `[VERIFY]place::` or `[VERIFY]place::pin`: what a rule puts there is handed out only if it is there.
    package struct VerifiedPlace: MarkedLine, Equatable, Sendable {
        /// `registry[:port][/path]`, the registry in lower case, without trailing slashes
        package let place: [UInt8]
        /// The digest that was found is appended.
        package let pins: Bool
        /// From 1.
        package let line: Int
        /// Where the place stands as written, the mark before it included: bytes from the start of the line, from 1.
        package internal(set) var keyColumns = 1..<1
        /// The same of the value.
        package internal(set) var valueColumns = 1..<1
        /// It is a namespace's own, and `line` one of that namespace's file.
        package internal(set) var isOfNamespace = false

        static let mark = "[VERIFY]"
        static let whereNoImageLies = "nothing is asked for there"

        init(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>, line: Int) throws(MapLineError) {
            place = try MapFile.place(of: key, after: Self.mark)
            pins = value.elementsEqual("pin".utf8)
            guard pins || value.isEmpty else {
                throw MapLineError(
                    offset: value.startIndex,
                    problem: "the value of \(Self.mark) must be empty, or pin, which appends the digest that is found")
            }
            self.line = line
        }

        /// Where the images lie that are asked for.
        ///
        /// - Parameter aliasing: whether `index.docker.io` means `docker.io`.
        package func places(aliasing: Bool) -> [Place] { Place.places(of: place, aliasing: aliasing) }
    }
}
