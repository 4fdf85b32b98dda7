/// A line of the map file whose key is a mark and a place: `[MARK]registry[:port][/path]::value`.
protocol MarkedLine {
    static var mark: String { get }
    /// What comes of a line at whose place no image can lie.
    static var whereNoImageLies: String { get }

    /// `registry[:port][/path]`, the registry in lower case, without trailing slashes
    var place: [UInt8] { get }
    /// From 1.
    var line: Int { get }
    /// Where the place stands as written, the mark before it included: bytes from the start of the line, from 1.
    var keyColumns: Range<Int> { get set }
    /// The same of the value.
    var valueColumns: Range<Int> { get set }

    /// Reads a line's key, mark included, and value, both without white space; the error's offset is from the line's
    /// start.
    init(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>, line: Int) throws(MapLineError)
}

extension MarkedLine {
    static func isKey(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.starts(with: mark.utf8) }
}

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
