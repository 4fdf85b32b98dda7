internal import ImageSwap

/// What people are told of a review's changes: the values of audit annotations, and warnings.
///
/// Its buffer is kept from review to review. All that it writes is printable ASCII, whatever the images were: the API
/// server drops a warning with a control character.
struct ChangeNotes: Sendable {
    /// Bytes of the annotation `swapped` at most.
    static let longestAnnotation = 4096
    /// Characters of all warnings that the API server passes on as they are; beyond that it cuts each to `cutWarning`.
    static let allWarnings = 4096
    static let cutWarning = 256
    /// Bytes that are told of an image; a valid one is no longer.
    private static let longestImage = 512
    /// Room for "; 10000 more", and for the warning that says so.
    private static let roomForMore = 32

    private var text: [UInt8] = []

    /// Appends the JSON string `path: from -> to; …`: as many swaps as there is room for, then how many more there were.
    mutating func writeSwapped(
        _ images: [Reviewer.Image], _ texts: [UInt8], _ results: [UInt8], to json: inout [UInt8]
    ) {
        text.removeAll(keepingCapacity: true)
        for (position, image) in images.enumerated() where image.swap.isChanged {
            let whole = text.count
            if whole > 0 { text.append("; ") }
            append(image, texts, results)
            guard text.count > Self.longestAnnotation - Self.roomForMore else { continue }
            let left = images[position...].count(where: \.swap.isChanged)
            if left == 1, text.count <= Self.longestAnnotation { break }
            text.removeSubrange(whole...)
            text.append("; ")
            text.append(decimal: left)
            text.append(" more")
            break
        }
        json.append(quoted: text)
    }

    /// Appends a JSON array with a warning a swap and a pull secret, within the API server's limits.
    ///
    /// - Parameter isTrial: They are what would have been done.
    mutating func writeWarnings(
        _ images: [Reviewer.Image], _ pullSecrets: [[UInt8]], _ texts: [UInt8], _ results: [UInt8], isTrial: Bool,
        to json: inout [UInt8]
    ) {
        let swapped = images.indices.filter { images[$0].swap.isChanged }
        let count = swapped.count + pullSecrets.count
        let start = json.count
        for longest in [Self.allWarnings, Self.cutWarning] {
            json.removeSubrange(start...)
            json.append("[")
            var total = 0
            var written = 0
            while written < count {
                text.removeAll(keepingCapacity: true)
                if written < swapped.count {
                    text.append(isTrial ? "imageswap would swap " : "imageswap swapped ")
                    append(images[swapped[written]], texts, results)
                } else {
                    text.append(isTrial ? "imageswap would add the pull secret " : "imageswap added the pull secret ")
                    text.append(contentsOf: pullSecrets[written - swapped.count])
                }
                if text.count > longest {
                    text.removeSubrange((longest - 3)...)
                    text.append("...")
                }
                let room = written + 1 == count ? 0 : Self.roomForMore
                guard total + text.count <= Self.allWarnings - room else { break }
                total += text.count
                if written > 0 { json.append(",") }
                json.append(quoted: text)
                written += 1
            }
            // All are there, or as many as there is room for of those that are cut.
            if written < count, longest == Self.cutWarning {
                text.removeAll(keepingCapacity: true)
                text.append("imageswap: ")
                text.append(decimal: count - written)
                text.append(" more")
                json.append(",")
                json.append(quoted: text)
            }
            json.append("]")
            if written == count { return }
        }
    }

    /// `path: from -> to`
    private mutating func append(_ image: Reviewer.Image, _ texts: [UInt8], _ results: [UInt8]) {
        text.append(image.field.place.pointer)
        text.append("/")
        text.append(image.field.list.name)
        text.append("/")
        text.append(decimal: Int(image.field.index))
        text.append(image.field.list.pointer)
        text.append(": ")
        text.append(shown: texts.span.extracting(image.field.image.range), upTo: Self.longestImage)
        text.append(" -> ")
        text.append(shown: results.span.extracting(image.result), upTo: Self.longestImage)
    }
}

extension [UInt8] {
    /// Appends a text, a `?` for each character that is not printable ASCII; cut where it is longer than `limit`.
    fileprivate mutating func append(shown text: borrowing Span<UInt8>, upTo limit: Int) {
        let end = count + limit
        for index in text.indices {
            let byte = text[index]
            // What continues a character that has its `?` already.
            if byte & 0xc0 == 0x80 { continue }
            guard count < end else { return append("...") }
            append((0x20...0x7e).contains(byte) ? byte : UInt8(ascii: "?"))
        }
    }

    /// Appends a JSON string of printable ASCII.
    fileprivate mutating func append(quoted text: [UInt8]) {
        append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { append(UInt8(ascii: "\\")) }
            append(byte)
        }
        append(UInt8(ascii: "\""))
    }
}
