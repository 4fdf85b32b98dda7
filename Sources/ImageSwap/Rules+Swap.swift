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
        if let number = exact.find(image) { return swapExact(image, rules[number], choice, &buffers) }

        let reference = try? ImageReference(image)
        var taken: TakenPlace?
        if let reference {
            buffers.name.assign(reference, in: image, aliasing: aliasing)
            taken = place(of: reference, in: image, &buffers.name)
        }
        if let pattern = patterns.first(where: { $0.pattern.matches(image) }) {
            guard let reference, let taken, !pattern.names(taken, reference, buffers.name) else {
                return swap(image, by: pattern, choice, &buffers)
            }
        }
        guard let reference else { return stays(.invalidImage) }
        if let rule = key(of: &buffers.name), taken.map({ rule.keyLength >= $0.length }) ?? true {
            return swap(image, reference, by: rule, choice, &buffers)
        }
        if let taken { return stays(.alreadySwapped, placeLines[taken.number]) }
        for wildcard in wildcards where image.contains(wildcard.span) {
            return stays(.noswapWildcard, wildcardsLine)
        }
        guard let fallback, !fallback.targets.isEmpty else { return stays(.defaultNoswap, fallback?.line) }
        return swap(image, reference, byDefault: fallback, choice, &buffers)
    }

    // MARK: the steps

    private func swap(
        _ image: borrowing Span<UInt8>, _ reference: ImageReference, byDefault rule: Rule, _ choice: Int,
        _ buffers: inout SwapBuffers
    ) -> Swap {
        guard choice < rule.targets.count else { return none(rule.line, choice, of: rule.targets) }
        let target = rule.targets[choice]
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        if target.isPrefix {
            append(registryAndPathOf: reference, in: image, &buffers)
        } else {
            buffers.result.append(UInt8(ascii: "/"))
            buffers.result.append(image, reference.path.lowerBound..<image.count)
        }
        return finish(image, rule.targets, choice, .default, rule.line, &buffers)
    }

    private func swapExact(
        _ image: borrowing Span<UInt8>, _ rule: Rule, _ choice: Int, _ buffers: inout SwapBuffers
    ) -> Swap {
        guard !rule.targets.isEmpty else { return stays(.exact, rule.line) }
        guard choice < rule.targets.count else { return none(rule.line, choice, of: rule.targets) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: rule.targets[choice].text)
        guard (try? ImageReference(buffers.result.span)) != nil else {
            return stays(.invalidResult, rule.line, choice, of: rule.targets)
        }
        return made(image, .exact, rule.line, choice, of: rule.targets, buffers.result)
    }

    private func swap(
        _ image: borrowing Span<UInt8>, by pattern: Pattern, _ choice: Int, _ buffers: inout SwapBuffers
    ) -> Swap {
        guard !pattern.targets.isEmpty else { return stays(.replace, pattern.line) }
        guard choice < pattern.targets.count else { return none(pattern.line, choice, of: pattern.targets) }
        let target = pattern.targets[choice]
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        if !target.isPrefix { buffers.result.append(UInt8(ascii: "/")) }
        buffers.result.append(image, image.lastPart)
        return finish(image, pattern.targets, choice, .replace, pattern.line, &buffers)
    }

    private func swap(
        _ image: borrowing Span<UInt8>, _ reference: ImageReference, by rule: Rule, _ choice: Int,
        _ buffers: inout SwapBuffers
    ) -> Swap {
        guard !rule.targets.isEmpty else { return stays(.mapNoswap, rule.line) }
        guard choice < rule.targets.count else { return none(rule.line, choice, of: rule.targets) }
        let target = rule.targets[choice]
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
        return finish(image, rule.targets, choice, .map, rule.line, &buffers)
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
        _ image: borrowing Span<UInt8>, _ targets: [Target], _ choice: Int, _ decision: Decision, _ line: RuleLine,
        _ buffers: inout SwapBuffers
    ) -> Swap {
        let result = buffers.result
        guard let reference = try? ImageReference(result.span) else {
            return stays(.invalidResult, line, choice, of: targets)
        }
        buffers.name.assign(reference, in: result.span, aliasing: aliasing)
        let name = buffers.name
        guard targets[choice].places.contains(where: { $0.holds(name) }) else {
            return stays(.invalidResult, line, choice, of: targets)
        }
        return made(image, decision, line, choice, of: targets, result)
    }

    private func made(
        _ image: borrowing Span<UInt8>, _ decision: Decision, _ line: RuleLine, _ choice: Int, of targets: [Target],
        _ result: [UInt8]
    ) -> Swap {
        Swap(
            decision: decision, rule: line, isChanged: !result.span.equals(image), target: choice,
            targets: targets.count)
    }

    /// A target that the rule does not have makes no image.
    private func none(_ line: RuleLine, _ choice: Int, of targets: [Target]) -> Swap {
        stays(.invalidResult, line, choice, of: targets)
    }

    private func stays(
        _ decision: Decision, _ line: RuleLine? = nil, _ choice: Int = 0, of targets: [Target] = []
    ) -> Swap {
        Swap(decision: decision, rule: line, isChanged: false, target: choice, targets: targets.count)
    }
}
