extension MapFile {
    /// A line `[VERIFY]place::` or `[VERIFY]place::pin`: what a rule puts there is handed out only if it is there.
    package struct VerifiedPlace: Equatable, Sendable {
        /// `registry[:port][/path]`, the registry in lower case, without trailing slashes
        package let place: [UInt8]
        /// The digest that was found is appended.
        package let pins: Bool
        /// From 1.
        package let line: Int
        /// Where the place stands as written, the mark before it included: bytes from the start of the line, from 1.
        package internal(set) var keyColumns = 1..<1
        /// It is a namespace's own, and `line` one of that namespace's file.
        package internal(set) var isOfNamespace = false

        static let mark = "[VERIFY]"

        static func isKey(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.starts(with: mark.utf8) }

        /// Reads a line's key, mark included, and value, both without white space; the error's offset is from the
        /// line's start.
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

        /// Why no image can lie at the place.
        var problem: String? { MapFile.problem(withPlace: place) }
    }
}

// Keys that are a mark and a place, `[MARK]registry[:port][/path]`.
extension MapFile {
    /// The place that follows a mark, the registry in lower case; the error's offset is from the line's start.
    static func place(of key: ArraySlice<UInt8>, after mark: String) throws(MapLineError) -> [UInt8] {
        var place = Array(key.dropFirst(mark.utf8.count))
        place.dropTrailingSlashes()
        guard !place.isEmpty else {
            throw MapLineError(
                offset: mark.utf8.count, problem: "\(mark) must be followed by a registry or a path in one")
        }
        let registryEnd = place.firstIndex(of: UInt8(ascii: "/")) ?? place.count
        for index in 0..<registryEnd { place[index] = place[index].lowercased }
        return place
    }

    /// Why no image can lie at a place.
    static func problem(withPlace place: [UInt8]) -> String? {
        var sample = place
        sample.append(place.last == UInt8(ascii: "-") ? "docker.io/x" : "/x")
        do {
            _ = try ImageReference(sample.span)
            return nil
        } catch {
            return "no image can lie at this place: \(error)"
        }
    }
}
