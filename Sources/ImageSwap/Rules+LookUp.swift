// Look-ups by name: one pass over a canonical name each, whatever the number of rules.

/// The place of a rule's value at which an image lies.
struct TakenPlace {
    let number: Int
    let length: Int
    /// By how much the image's canonical name is longer than what is written of it.
    let nameGrowth: Int
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
        let growth = name.bytes.count - image.path.upperBound
        if !exactPlaces.isEmpty {
            name.append(versionOf: image, in: text)
            let number = exactPlaces.find(name.bytes.span)
            let length = name.bytes.count
            name.removeVersion(of: image, in: text)
            if let number { return TakenPlace(number: number, length: length, nameGrowth: growth) }
        }
        guard !places.isEmpty else { return nil }
        let bytes = name.bytes.span
        var hash = ByteTable.Hash()
        var longest: TakenPlace?
        for index in bytes.indices {
            // At a component's end, behind a host whose port follows, and behind each "-" for values that end so.
            let isEnd =
                index >= name.registryEnd && bytes[index] == UInt8(ascii: "/") || index == name.hostEnd
                || index > 0 && bytes[index - 1] == UInt8(ascii: "-")
            if isEnd, let number = places.find(hash, bytes, count: index) {
                longest = TakenPlace(number: number, length: index, nameGrowth: growth)
            }
            hash.add(bytes[index])
        }
        if let number = places.find(hash, bytes, count: bytes.count) {
            longest = TakenPlace(number: number, length: bytes.count, nameGrowth: growth)
        }
        return longest
    }
}

extension Rules.Pattern {
    /// Whether this pattern may take an image that lies at `place` already: it must name that place, and not be the
    /// rule that puts images there. Its literal part is the image's beginning, so it grows as the image's name does.
    func mayTake(_ place: TakenPlace?) -> Bool {
        guard let place else { return true }
        return pattern.literalLength > 0 && pattern.literalLength + place.nameGrowth >= place.length
            && !ownPlaces.contains(place.number)
    }
}
