import FuzzSupport
import ImageSwap

/// Any bytes as an image reference: its parts are the text, and reading them again gives the same parts.
@c(LLVMFuzzerTestOneInput)
public func fuzzReference(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe withInput(start, count) { text in
        let image: ImageReference
        do throws(ImageReferenceError) {
            image = try ImageReference(text)
        } catch {
            require((0...text.count).contains(error.offset), "an error lies in its text: \(error)")
            return
        }
        let written = writtenOut(image, text)
        require(text.equals(written.span), "the parts are the text: \(image)")
        require((try? ImageReference(written.span)) == image, "what was written out reads the same: \(image)")
        require(image.path.count <= ImageReference.longestPath, "a path is bounded: \(image)")
        require(image.tag.count <= ImageReference.longestTag, "a tag is bounded: \(image)")
        checkParts(image, text)
    }
}

/// The parts with their separators.
private func writtenOut(_ image: ImageReference, _ text: borrowing Span<UInt8>) -> [UInt8] {
    var written: [UInt8] = []
    if image.hasRegistry {
        written += text.copied(0..<image.hostEnd)
        if image.hasPort { written += [UInt8(ascii: ":")] + text.copied(image.hostEnd + 1..<image.registryEnd) }
        written.append(UInt8(ascii: "/"))
    }
    written += text.copied(image.path)
    if !image.tag.isEmpty { written += [UInt8(ascii: ":")] + text.copied(image.tag) }
    if !image.digest.isEmpty { written += [UInt8(ascii: "@")] + text.copied(image.digest) }
    return written
}

/// Each part is one by itself too, behind a registry that leaves no doubt where the path begins.
private func checkParts(_ image: ImageReference, _ text: borrowing Span<UInt8>) {
    let host = Array("a.io/".utf8)
    let path = host + text.copied(image.path)
    let alone = try? ImageReference(path.span)
    require(alone?.path == host.count..<path.count, "a path is one by itself: \(image)")
    if !image.tag.isEmpty {
        let tagged = Array("a.io/x:".utf8) + text.copied(image.tag)
        require((try? ImageReference(tagged.span))?.tag == 7..<tagged.count, "a tag is one by itself: \(image)")
    }
    if !image.digest.isEmpty {
        let pinned = Array("a.io/x@".utf8) + text.copied(image.digest)
        require((try? ImageReference(pinned.span))?.digest == 7..<pinned.count, "so is a digest: \(image)")
    }
    if image.hasRegistry {
        let hosted = text.copied(0..<image.registryEnd) + Array("/x".utf8)
        let other = try? ImageReference(hosted.span)
        require(
            other?.registryEnd == image.registryEnd && other?.hostEnd == image.hostEnd, "so is a registry: \(image)")
    }
}
