import FuzzSupport
import ImageSwap

/// Any bytes as an image reference, and once more as a spelling of one.
@c(LLVMFuzzerTestOneInput)
public func fuzzReference(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe withInput(start, count) { bytes in
        check(bytes)
        check(spelling.text(of: bytes, upTo: 1024).span)
    }
}

private let hex = String(repeating: "0123456789abcdef", count: 4)
private let spelling = Spelling([
    "a", "0", "x", "A", "Z", "/", "/", "/", ":", ":", ".", ".", "_", "_", "-", "-", "@", "[", "]", "::", " ", "é",
    "localhost", "localhost/", "docker.io/", "index.docker.io/", "library/", "a.io", ":5000/", ":5000", ":latest",
    "[::1]", "@sha256:\(hex)", "@sha384:\(hex)\(hex.prefix(32))", "@sha512:\(hex)\(hex)", "sha256:", "F", "f", "g",
    String(repeating: "t", count: 63), String(repeating: "p", count: 126),
])

/// The parts are those that another reader finds, they are the text, and reading them again gives the same parts.
private func check(_ text: borrowing Span<UInt8>) {
    let plain = PlainReference(text.copied(0..<text.count))
    let image: ImageReference
    do throws(ImageReferenceError) {
        image = try ImageReference(text)
    } catch {
        require((0...text.count).contains(error.offset), "an error lies in its text: \(error)")
        require(plain == nil, "no other reader takes it: \(error)")
        return
    }
    var parts = PlainReference(image, in: text)
    require(parts == plain, "another reader finds the same parts: \(image)")
    let written = parts.text
    require(text.equals(written.span), "the parts are the text: \(image)")
    require((try? ImageReference(written.span)) == image, "what was written out reads the same: \(image)")
    // Each part is one by itself too, behind a registry that leaves no doubt where the path begins.
    if !image.hasRegistry { parts.host = Array("a.io".utf8) }
    for part in [\PlainReference.tag, \.digest] {
        var less = parts
        less[keyPath: part] = []
        require(
            (try? ImageReference(less.text.span)).map { PlainReference($0, in: less.text.span) } == less,
            "it is one without a part too: \(image)")
    }
}

extension PlainReference {
    fileprivate init(_ image: ImageReference, in text: borrowing Span<UInt8>) {
        self.init()
        host = text.copied(0..<image.hostEnd)
        port = text.copied(image.hostEnd..<image.registryEnd)
        path = text.copied(image.path)
        tag = text.copied(image.tag)
        digest = text.copied(image.digest)
    }

    /// The parts with their separators.
    fileprivate var text: [UInt8] {
        (hasRegistry ? host + port + [UInt8(ascii: "/")] : []) + path
            + (tag.isEmpty ? [] : [UInt8(ascii: ":")] + tag) + (digest.isEmpty ? [] : [UInt8(ascii: "@")] + digest)
    }
}
