// Look-ups by name: one pass over a canonical name each, whatever the number of rules.

/// The place of a rule's value at which an image lies.
struct TakenPlace {
    let number: Int
    let length: Int
}

extension Rules {
    /// The longest key that an image's name equals or lies below. One with the image's port goes before all without;
    /// where none has it, the name is left without its port.
    func key(of name: inout CanonicalName) -> Rule? {
        if let number = longestKey(of: name) { return rules[number] }
        guard name.hasPort else { return nil }
        name.removePort()
        return longestKey(of: name).map { rules[$0] }
    }

    private func longestKey(of name: CanonicalName) -> Int? {
        let bytes = name.bytes.span
        var hash = ByteTable.Hash()
        var longest: Int?
        for index in bytes.indices {
            if index >= name.registryEnd, bytes[index] == UInt8(ascii: "/"),
                let number = keys.find(hash, bytes, count: index)
            {
                longest = number
            }
            hash.add(bytes[index])
        }
        return keys.find(hash, bytes, count: bytes.count) ?? longest
    }

    /// The longest place of a rule's value that holds an image: it is *already there*.
    func place(
        of image: ImageReference, in text: borrowing Span<UInt8>, _ name: inout CanonicalName
    ) -> TakenPlace? {
        if !exactPlaces.isEmpty {
            if let taken = exactPlace(of: image, in: text, &name) { return taken }
        }
        return places.isEmpty ? nil : places.longestPlace(of: name)
    }

    private func exactPlace(
        of image: ImageReference, in text: borrowing Span<UInt8>, _ name: inout CanonicalName
    ) -> TakenPlace? {
        let nameEnd = name.bytes.count
        name.append(versionOf: image, in: text)
        defer { name.removeVersion(of: image, in: text) }
        let bytes = name.bytes.span
        if let number = exactPlaces.find(bytes) { return TakenPlace(number: number, length: bytes.count) }
        guard pinsExact, !image.digest.isEmpty else { return nil }
        // As it was before it was pinned: without "@" and the digest.
        let pinnedEnd = nameEnd + image.digest.lowerBound - 1 - image.path.upperBound
        return exactPlaces.find(bytes.extracting(0..<pinnedEnd)).map { TakenPlace(number: $0, length: pinnedEnd) }
    }
}

extension ByteTable {
    /// The longest of the places in this table that holds an image.
    func longestPlace(of name: CanonicalName) -> TakenPlace? {
        let bytes = name.bytes.span
        var hash = Hash()
        var longest: TakenPlace?
        for index in bytes.indices {
            // At a component's end, behind a host whose port follows, and behind each "-" for values that end so.
            let isEnd =
                index >= name.registryEnd && bytes[index] == UInt8(ascii: "/") || index == name.hostEnd
                || index > 0 && bytes[index - 1] == UInt8(ascii: "-")
            if isEnd, let number = find(hash, bytes, count: index) {
                longest = TakenPlace(number: number, length: index)
            }
            hash.add(bytes[index])
        }
        if let number = find(hash, bytes, count: bytes.count) {
            longest = TakenPlace(number: number, length: bytes.count)
        }
        return longest
    }
}

extension Rules.Pattern {
    /// Whether this pattern names a place at which an image lies already. Its literal part, which is the image's
    /// beginning, must reach as far into the image's name as the place does; and it must not be the rule that puts
    /// images there.
    func names(_ place: TakenPlace, _ image: ImageReference, _ name: CanonicalName) -> Bool {
        guard pattern.literalLength > 0, !ownPlaces.contains(place.number) else { return false }
        let registryGrowth = name.registryEnd + 1 - image.path.lowerBound
        var length = pattern.literalLength + registryGrowth
        if pattern.literalLength > image.path.lowerBound {
            length += name.bytes.count - image.path.upperBound - registryGrowth
        }
        return length >= place.length
    }
}
