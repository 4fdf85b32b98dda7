private import ImageSwap
package import Metrics
private import Posix

/// Namespaces' own rules in a worker, laid over the map file's: those of one namespace are compiled when a review first
/// needs them, and kept as long as there is room.
package final class NamespaceRules: Sendable {
    private let base: MapFileSource.Loaded
    private let generation: LineHits.Generation?
    private let maps: NamespaceMaps
    private let longest: Int
    private let kept = Monitor(Kept())

    /// Bytes of text whose rules are kept compiled at most, the map file's counted with each namespace's. Compiled rules
    /// take a multiple of their text.
    package static let longest = 4 << 20

    private struct Kept {
        var rules: [String: (set: RuleSet, bytes: Int, usedAt: UInt64)] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    /// - Parameters:
    ///   - base: What they are laid over.
    ///   - generation: What the hits of the map file's lines are counted under.
    package init(
        _ maps: NamespaceMaps, over base: MapFileSource.Loaded, generation: LineHits.Generation? = nil,
        longest: Int = longest
    ) {
        self.base = base
        self.generation = generation
        self.maps = maps
        self.longest = longest
    }

    /// Of how many namespaces the rules are compiled now.
    package var keptCount: Int { kept.withLock { $0.rules.count } }

    /// The rules for a namespace; nil where it has none of its own. The name comes from a request: it is looked up among
    /// the files that were read, and nowhere else.
    package func rules(of namespace: borrowing Span<UInt8>) -> RuleSet? {
        guard let name = NamespaceMaps.label(namespace), let text = maps.texts[name] else { return nil }
        let known: RuleSet? = kept.withLock { kept in
            guard let entry = kept.rules[name] else { return nil }
            kept.uses += 1
            kept.rules[name]?.usedAt = kept.uses
            return entry.set
        }
        if let known { return known }
        // Without the lock, so that other namespaces' reviews go on; two threads may both do it.
        let set = RuleSet(
            .maps(Rules(base.file.overlaid(by: MapFile(text.span)))), digest: RuleSet.digest(base.text + text),
            generation: generation)
        keep(set, of: name, bytes: base.text.count + text.count)
        return set
    }

    private func keep(_ set: RuleSet, of name: String, bytes: Int) {
        kept.withLock { kept in
            guard kept.rules[name] == nil else { return }
            kept.uses += 1
            kept.rules[name] = (set, bytes, kept.uses)
            kept.bytes += bytes
            // The one that came just now stays, however large it is.
            while kept.bytes > longest, kept.rules.count > 1,
                let oldest = kept.rules.min(by: { $0.value.usedAt < $1.value.usedAt })
            {
                kept.rules[oldest.key] = nil
                kept.bytes -= oldest.value.bytes
            }
        }
    }
}
