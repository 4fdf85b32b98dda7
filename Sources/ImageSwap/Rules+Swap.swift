// The steps of a swap, in the order and with the names of the README's "What decides".

extension Rules {
    /// Decides about an image.
    ///
    /// - Parameter choice: The first of the rule's targets that counts; those before it are passed over.
    package func swap(_ image: borrowing Span<UInt8>, _ buffers: inout SwapBuffers, from choice: Int = 0) -> Swap {
        var choice = choice
        while true {
            let swap = swap(image, choice, &buffers)
            // A target that makes no valid image is passed over, too.
            guard swap.decision == .invalidResult, choice + 1 < swap.targets else { return swap }
            choice += 1
        }
    }

    /// Decides about an image, by the target of this number where a rule with targets does.
    private func swap(_ image: borrowing Span<UInt8>, _ choice: Int, _ buffers: inout SwapBuffers) -> Swap {
        if let number = exact.find(image) { return swapExact(image, rules[number].choice(choice), &buffers) }

        let reference = try? ImageReference(image)
        var taken: TakenPlace?
        if let reference {
            buffers.name.assign(reference, in: image, aliasing: aliasing)
            taken = place(of: reference, in: image, &buffers.name)
        }
        if let pattern = patterns.first(where: { $0.pattern.matches(image) }) {
            guard let reference, let taken, !pattern.names(taken, reference, buffers.name) else {
                return swap(image, byPattern: Choice(pattern.line, pattern.targets, choice), &buffers)
            }
        }
        guard let reference else { return stays(.invalidImage) }
        if let rule = key(of: &buffers.name), taken.map({ rule.keyLength >= $0.length }) ?? true {
            return swap(image, reference, by: rule, rule.choice(choice), &buffers)
        }
        if let taken { return stays(.alreadySwapped, placeLines[taken.number]) }
        for wildcard in wildcards where image.contains(wildcard.span) {
            return stays(.noswapWildcard, wildcardsLine)
        }
        guard let fallback else { return stays(.defaultNoswap) }
        return swap(image, reference, byDefault: fallback.choice(choice), &buffers)
    }

    // MARK: the steps

    private func swap(
        _ image: borrowing Span<UInt8>, _ reference: ImageReference, byDefault choice: Choice,
        _ buffers: inout SwapBuffers
    ) -> Swap {
        guard let target = choice.target else { return choice.stays(.defaultNoswap) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        if target.isPrefix {
            append(registryAndPathOf: reference, in: image, &buffers)
        } else {
            buffers.result.append(UInt8(ascii: "/"))
            buffers.result.append(image, reference.path.lowerBound..<image.count)
        }
        return finish(image, choice, target, .default, &buffers)
    }

    private func swapExact(
        _ image: borrowing Span<UInt8>, _ choice: Choice, _ buffers: inout SwapBuffers
    ) -> Swap {
        guard let target = choice.target else { return choice.stays(.exact) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        guard (try? ImageReference(buffers.result.span)) != nil else { return choice.makesNone }
        return choice.makes(buffers.result.span, of: image, .exact)
    }

    private func swap(
        _ image: borrowing Span<UInt8>, byPattern choice: Choice, _ buffers: inout SwapBuffers
    ) -> Swap {
        guard let target = choice.target else { return choice.stays(.replace) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        if !target.isPrefix { buffers.result.append(UInt8(ascii: "/")) }
        buffers.result.append(image, image.lastPart)
        return finish(image, choice, target, .replace, &buffers)
    }

    private func swap(
        _ image: borrowing Span<UInt8>, _ reference: ImageReference, by rule: Rule, _ choice: Choice,
        _ buffers: inout SwapBuffers
    ) -> Swap {
        guard let target = choice.target else { return choice.stays(.mapNoswap) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        if target.isPrefix {
            append(registryAndPathOf: reference, in: image, &buffers)
        } else if rule.keyLength > buffers.name.registryEnd {
            let rest = buffers.name.bytes[rule.keyLength...]
            buffers.result.append(contentsOf: rest)
            buffers.result.append(image, reference.path.upperBound..<image.count)
        } else {
            // The name is without a port here only if the image is, or the key.
            if target.takesPort, !buffers.name.hasPort {
                buffers.result.append(image, reference.hostEnd..<reference.registryEnd)
            }
            buffers.result.append(UInt8(ascii: "/"))
            buffers.result.append(image, reference.path.lowerBound..<image.count)
        }
        return finish(image, choice, target, .map, &buffers)
    }

    private func append(
        registryAndPathOf reference: ImageReference, in image: borrowing Span<UInt8>, _ buffers: inout SwapBuffers
    ) {
        let host = buffers.name.bytes[..<buffers.name.hostEnd]
        buffers.result.append(contentsOf: host)
        buffers.result.append(UInt8(ascii: "/"))
        buffers.result.append(image, reference.path.lowerBound..<image.count)
    }

    /// Hands a result out only if a kubelet takes it and it lies where its target says.
    private func finish(
        _ image: borrowing Span<UInt8>, _ choice: Choice, _ target: Target, _ decision: Decision,
        _ buffers: inout SwapBuffers
    ) -> Swap {
        let result = buffers.result
        guard let reference = try? ImageReference(result.span) else { return choice.makesNone }
        buffers.name.assign(reference, in: result.span, aliasing: aliasing)
        let name = buffers.name
        guard target.places.contains(where: { $0.holds(name) }) else { return choice.makesNone }
        return choice.makes(result.span, of: image, decision)
    }

    /// No rule with targets decided.
    private func stays(_ decision: Decision, _ line: RuleLine? = nil) -> Swap {
        Swap(decision: decision, rule: line, isChanged: false)
    }
}

/// A rule that decides, and which of its targets is tried.
private struct Choice {
    private let line: RuleLine
    private let targets: [Target]
    private let number: Int

    init(_ line: RuleLine, _ targets: [Target], _ number: Int) {
        self.line = line
        self.targets = targets
        self.number = number
    }

    /// Nil for a rule that leaves images alone, or that has no target of this number.
    var target: Target? { number < targets.count ? targets[number] : nil }

    /// What becomes of an image without a target.
    func stays(_ decision: Decision) -> Swap { targets.isEmpty ? swap(decision, isChanged: false) : makesNone }

    /// The target makes no valid image.
    var makesNone: Swap { swap(.invalidResult, isChanged: false) }

    func makes(_ result: borrowing Span<UInt8>, of image: borrowing Span<UInt8>, _ decision: Decision) -> Swap {
        swap(decision, isChanged: !result.equals(image))
    }

    private func swap(_ decision: Decision, isChanged: Bool) -> Swap {
        Swap(decision: decision, rule: line, isChanged: isChanged, target: number, targets: targets.count)
    }
}

extension Rules.Rule {
    fileprivate func choice(_ number: Int) -> Choice { Choice(line, targets, number) }
}
