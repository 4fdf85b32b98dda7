// The steps of a swap, in the order and with the names of the README's "What decides".

extension Rules {
    package func swap(_ image: borrowing Span<UInt8>, _ buffers: inout SwapBuffers) -> Swap {
        if let number = exact.find(image) { return swapExact(image, rules[number], &buffers) }

        let reference = try? ImageReference(image)
        var taken: TakenPlace?
        if let reference {
            buffers.name.assign(reference, in: image, aliasing: aliasing)
            taken = place(of: reference, in: image, &buffers.name)
        }
        if let pattern = patterns.first(where: { $0.pattern.matches(image) }) {
            guard let reference, let taken, !pattern.names(taken, reference, buffers.name) else {
                return swap(image, by: pattern, &buffers)
            }
        }
        guard let reference else { return stays(.invalidImage) }
        if let rule = key(of: &buffers.name), taken.map({ rule.keyLength >= $0.length }) ?? true {
            return swap(image, reference, by: rule, &buffers)
        }
        if let taken { return stays(.alreadySwapped, placeLines[taken.number]) }
        for wildcard in wildcards where image.contains(wildcard.span) {
            return stays(.noswapWildcard, wildcardsLine)
        }
        guard let fallback, let target = fallback.target else { return stays(.defaultNoswap, fallback?.line) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        if target.isPrefix {
            append(registryAndPathOf: reference, in: image, &buffers)
        } else {
            buffers.result.append(UInt8(ascii: "/"))
            buffers.result.append(image, reference.path.lowerBound..<image.count)
        }
        return finish(image, target, .default, fallback.line, &buffers)
    }

    // MARK: the steps

    private func swapExact(_ image: borrowing Span<UInt8>, _ rule: Rule, _ buffers: inout SwapBuffers) -> Swap {
        guard let target = rule.target else { return stays(.exact, rule.line) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        guard (try? ImageReference(buffers.result.span)) != nil else { return stays(.invalidResult, rule.line) }
        return Swap(decision: .exact, rule: rule.line, isChanged: !buffers.result.span.equals(image))
    }

    private func swap(_ image: borrowing Span<UInt8>, by pattern: Pattern, _ buffers: inout SwapBuffers) -> Swap {
        guard let target = pattern.target else { return stays(.replace, pattern.line) }
        buffers.result.removeAll(keepingCapacity: true)
        buffers.result.append(contentsOf: target.text)
        if !target.isPrefix { buffers.result.append(UInt8(ascii: "/")) }
        buffers.result.append(image, image.lastPart)
        return finish(image, target, .replace, pattern.line, &buffers)
    }

    private func swap(
        _ image: borrowing Span<UInt8>, _ reference: ImageReference, by rule: Rule, _ buffers: inout SwapBuffers
    ) -> Swap {
        guard let target = rule.target else { return stays(.mapNoswap, rule.line) }
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
        return finish(image, target, .map, rule.line, &buffers)
    }

    private func append(
        registryAndPathOf reference: ImageReference, in image: borrowing Span<UInt8>, _ buffers: inout SwapBuffers
    ) {
        let host = buffers.name.bytes[..<buffers.name.hostEnd]
        buffers.result.append(contentsOf: host)
        buffers.result.append(UInt8(ascii: "/"))
        buffers.result.append(image, reference.path.lowerBound..<image.count)
    }

    /// Hands a result out only if a kubelet takes it and it lies where its rule's value says.
    private func finish(
        _ image: borrowing Span<UInt8>, _ target: Target, _ decision: Decision, _ line: RuleLine,
        _ buffers: inout SwapBuffers
    ) -> Swap {
        let result = buffers.result
        guard let reference = try? ImageReference(result.span) else { return stays(.invalidResult, line) }
        buffers.name.assign(reference, in: result.span, aliasing: aliasing)
        let name = buffers.name
        guard target.places.contains(where: { $0.holds(name) }) else { return stays(.invalidResult, line) }
        return Swap(decision: decision, rule: line, isChanged: !result.span.equals(image))
    }

    private func stays(_ decision: Decision, _ line: RuleLine? = nil) -> Swap {
        Swap(decision: decision, rule: line, isChanged: false)
    }
}
