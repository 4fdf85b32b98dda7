// The steps of Rules+Swap once more, with what each of them found.

extension Rules {
    /// Swaps an image, and tells of each step what it found.
    package func explain(_ image: String, lineName: @escaping (RuleLine) -> String) -> Explanation {
        var buffers = SwapBuffers()
        let bytes = Array(image.utf8)
        let swap = swap(bytes.span, &buffers)
        let tried = String(decoding: buffers.result, as: UTF8.self)
        var trail = Trail(lineName: lineName)
        follow(bytes, &trail)
        if swap.decision == .invalidResult {
            trail.addToLast("; \(Self.fault(of: tried))")
        } else if swap.targets > 1 {
            let passed = swap.target > 0 ? ", of which number \(swap.target + 1) is the first that makes an image" : ""
            trail.addToLast("; its value names \(swap.targets) targets\(passed)")
        }
        return Explanation(
            image: image, result: swap.isChanged ? tried : image, swap: swap, findings: trail.findings)
    }

    private struct Trail {
        let lineName: (RuleLine) -> String
        var findings: [Explanation.Finding] = []

        mutating func add(_ step: Explanation.Step, line: RuleLine? = nil, _ reason: String) {
            findings.append(Explanation.Finding(step: step, rule: line, reason: reason))
        }

        mutating func addToLast(_ text: String) {
            guard let last = findings.popLast() else { return }
            findings.append(Explanation.Finding(step: last.step, rule: last.rule, reason: last.reason + text))
        }
    }

    /// Goes as far as the swap goes.
    private func follow(_ image: [UInt8], _ trail: inout Trail) {
        let text = image.span
        if let number = exact.find(text) {
            return trail.add(.exact, line: rules[number].line, "the key is this very string")
        }
        trail.add(.exact, exact.isEmpty ? "there is no [EXACT] rule" : "no [EXACT] key is this very string")

        var name = CanonicalName()
        var taken: TakenPlace?
        var fault: ImageReferenceError?
        var reference: ImageReference?
        do throws(ImageReferenceError) {
            let valid = try ImageReference(text)
            reference = valid
            name.assign(valid, in: text, aliasing: aliasing)
            taken = place(of: valid, in: text, &name)
        } catch {
            fault = error
        }
        if followPatterns(text, reference, taken, name, &trail) { return }
        guard let reference else {
            return trail.add(.reference, "no kubelet takes it: \(fault?.description ?? "it is empty")")
        }
        let full = String(decoding: name.bytes, as: UTF8.self)
        trail.add(.reference, "it is valid, and its full name is \(full)")
        let place = taken.map { Self.placeName($0, name, reference, text) } ?? ""
        if followKeys(name, taken, place, &trail) { return }
        guard taken == nil else {
            let line = taken.map { placeLines[$0.number] }
            return trail.add(.alreadySwapped, line: line, "it lies at \(place), where this rule puts images")
        }
        trail.add(.alreadySwapped, "it lies where no rule puts images")
        for wildcard in wildcards where text.contains(wildcard.span) {
            let part = String(decoding: wildcard, as: UTF8.self)
            return trail.add(.noswapWildcard, line: wildcardsLine, "it contains \(part)")
        }
        trail.add(
            .noswapWildcard, line: wildcards.isEmpty ? nil : wildcardsLine,
            wildcards.isEmpty ? "there is none" : "it contains none of them")
        guard let fallback else { return trail.add(.default, "there is no default, so it stays") }
        let reason = fallback.targets.isEmpty ? "it is empty, so the image stays" : "no other rule took it"
        trail.add(.default, line: fallback.line, reason)
    }

    /// Whether a pattern decides.
    private func followPatterns(
        _ text: borrowing Span<UInt8>, _ reference: ImageReference?, _ taken: TakenPlace?, _ name: CanonicalName,
        _ trail: inout Trail
    ) -> Bool {
        guard !patterns.isEmpty else {
            trail.add(.replace, "there is no [REPLACE] rule")
            return false
        }
        guard let pattern = patterns.first(where: { $0.pattern.matches(text) }) else {
            trail.add(.replace, "no [REPLACE] pattern takes it")
            return false
        }
        guard let reference, let taken, !pattern.names(taken, reference, name) else {
            let isLeft = pattern.targets.isEmpty ? ", and its value is empty, so the image stays" : ""
            trail.add(.replace, line: pattern.line, "the first pattern, in file order, that takes it\(isLeft)")
            return true
        }
        let place = Self.placeName(taken, name, reference, text)
        trail.add(
            .replace, line: pattern.line,
            "the pattern takes it, but the image lies at \(place) already, where"
                + " \(trail.lineName(placeLines[taken.number])) puts images, and the pattern does not name that place")
        return false
    }

    /// Whether a key decides.
    private func followKeys(
        _ name: CanonicalName, _ taken: TakenPlace?, _ place: String, _ trail: inout Trail
    ) -> Bool {
        var name = name
        guard let rule = key(of: &name) else {
            trail.add(.map, keys.isEmpty ? "there are no keys of registries" : "no key names its registry or path")
            return false
        }
        if let taken, rule.keyLength < taken.length {
            trail.add(
                .map, line: rule.line,
                "the key takes it, but the image lies at \(place) already, where"
                    + " \(trail.lineName(placeLines[taken.number])) puts images, and the key does not name that place")
            return false
        }
        let isPath = rule.keyLength > name.registryEnd
        var reason = isPath ? "the longest key at whose path it lies" : "the key is its registry"
        if rule.targets.isEmpty { reason += ", and its value is empty, so the image stays" }
        trail.add(.map, line: rule.line, reason)
        return true
    }

    private static func placeName(
        _ taken: TakenPlace, _ name: CanonicalName, _ reference: ImageReference, _ text: borrowing Span<UInt8>
    ) -> String {
        var name = name
        name.append(versionOf: reference, in: text)
        return String(decoding: name.bytes.prefix(taken.length), as: UTF8.self)
    }

    private static func fault(of result: String) -> String {
        do {
            _ = try ImageReference(Array(result.utf8).span)
            return "but \(result) would not lie where the value says, so the image stays"
        } catch {
            return "but \(result) is no valid image reference, so the image stays: \(error)"
        }
    }
}
