/// What became of one image.
package struct Swap: Equatable, Sendable {
    package let decision: Decision
    /// The rule that decided; nil where none did.
    package let rule: RuleLine?
    /// Whether the image is another one now: then `SwapBuffers.result` holds it.
    package let isChanged: Bool
    /// Which of the rule's targets it was, from 0.
    package let target: Int
    /// How many targets the rule has; 0 where none decided, or one that leaves images alone.
    package let targets: Int

    package init(decision: Decision, rule: RuleLine?, isChanged: Bool, target: Int = 0, targets: Int = 0) {
        self.decision = decision
        self.rule = rule
        self.isChanged = isChanged
        self.target = target
        self.targets = targets
    }

    /// The line that decided, of the map file or of the namespace's own.
    package var line: Int? { rule?.number }
}

/// Room that swaps work in, kept from image to image so that none costs an allocation.
package struct SwapBuffers: Sendable {
    /// The new image, after a swap that changed it.
    package internal(set) var result: [UInt8] = []
    var name = CanonicalName()

    package init() {}
}

/// How images are swapped.
package enum SwapPolicy: Sendable {
    /// `IMAGESWAP_MODE=MAPS`
    case maps(Rules)
    /// `IMAGESWAP_MODE=LEGACY`, with `IMAGE_PREFIX`
    case legacy(prefix: [UInt8])

    /// What pods need to pull their images; nil where nothing is said of it.
    package var pullSecrets: PullSecrets? {
        if case .maps(let rules) = self { rules.pullSecrets } else { nil }
    }

    /// Where results are handed out only if they are there; nil where nothing is said of it.
    package var verifiedPlaces: VerifiedPlaces? {
        if case .maps(let rules) = self { rules.verifiedPlaces } else { nil }
    }

    /// Decides about the image named by a text, as a manifest has it.
    ///
    /// - Parameter choice: The first of the rule's targets that counts.
    package func swap(_ image: borrowing Span<UInt8>, _ buffers: inout SwapBuffers, from choice: Int = 0) -> Swap {
        switch self {
        case .maps(let rules): rules.swap(image, &buffers, from: choice)
        case .legacy(let prefix): Self.legacy(image, prefix, &buffers)
        }
    }

    /// The same for one image by itself.
    package func swap(_ image: String, from choice: Int = 0) -> (image: String, swap: Swap) {
        var buffers = SwapBuffers()
        let swap = swap(Array(image.utf8).span, &buffers, from: choice)
        return (swap.isChanged ? String(decoding: buffers.result, as: UTF8.self) : image, swap)
    }

    private static func legacy(
        _ image: borrowing Span<UInt8>, _ prefix: [UInt8], _ buffers: inout SwapBuffers
    ) -> Swap {
        guard !prefix.isEmpty else { return Swap(decision: .legacyEmptyPrefix, rule: nil, isChanged: false) }
        guard !image.contains(prefix.span) else { return Swap(decision: .legacyInternal, rule: nil, isChanged: false) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: prefix)
        if prefix.last == UInt8(ascii: "-") {
            buffers.result.append(image, 0..<image.count)
        } else {
            buffers.result.append(UInt8(ascii: "/"))
            buffers.result.append(image, image.lastPart)
        }
        guard (try? ImageReference(buffers.result.span)) != nil else {
            return Swap(decision: .invalidResult, rule: nil, isChanged: false)
        }
        return Swap(decision: .legacy, rule: nil, isChanged: !buffers.result.span.equals(image))
    }
}

extension Span<UInt8> {
    /// What stands behind the last `/`, or all.
    var lastPart: Range<Int> {
        var start = count
        while start > 0, self[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return start..<count
    }
}
