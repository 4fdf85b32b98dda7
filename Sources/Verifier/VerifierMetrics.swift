internal import Metrics
internal import Registry

/// What the verifier counts, as Prometheus reads it.
enum VerifierMetrics {
    static func text(_ verifier: RegistryVerifier) -> [UInt8] {
        var text = PrometheusText()
        let registries = verifier.registryStatistics
        let label = { (registry: String) in (name: "registry", value: registry) }
        text.add(
            .counter, "imageswap_verifier_questions_total",
            help: "Images that the verifier was asked for, by what it answered before the asker's deadline.",
            registries.flatMap { entry in
                [
                    ("present", entry.counts.present), ("absent", entry.counts.absent),
                    ("unknown", entry.counts.unknown),
                ].map { PrometheusText.Sample([label(entry.registry), ("outcome", $0.0)], $0.1) }
            })
        text.add(
            .counter, "imageswap_verifier_lookups_total", help: "Looks for images at their registry.",
            registries.map { PrometheusText.Sample([label($0.registry)], $0.counts.lookups) })
        text.add(
            .counter, "imageswap_verifier_lookup_failures_total",
            help: "Looks that the registry timed out, cut, or answered 408, 429 or 5xx.",
            registries.map { PrometheusText.Sample([label($0.registry)], $0.counts.failures) })
        text.add(
            .gauge, "imageswap_verifier_breaker_open",
            help: "1 while a registry is left alone, since it failed or asked for it.",
            registries.map { PrometheusText.Sample([label($0.registry)], $0.isOpen ? 1 : 0) })
        text.add(
            .counter, "imageswap_verifier_breaker_opened_total", help: "How often that began.",
            registries.map { PrometheusText.Sample([label($0.registry)], $0.counts.breakerOpened) })
        let statistics = verifier.statistics
        text.add(
            .counter, "imageswap_verifier_cache_hits_total", help: "Questions that the cache answered.",
            Number(statistics.cacheHits))
        text.add(
            .counter, "imageswap_verifier_coalesced_total", help: "Questions that joined an equal one in hand.",
            Number(statistics.coalesced))
        text.add(
            .gauge, "imageswap_verifier_cached_images", help: "Images that the cache holds.",
            Number(UInt64(verifier.cachedImages)))
        text.add(
            .gauge, "imageswap_verifier_lookups_in_hand", help: "Looks that are not done.",
            Number(UInt64(verifier.lookupsInHand)))
        var count: UInt64 = 0
        var buckets: [(bound: Number, count: UInt64)] = []
        for (bound, number) in zip(RegistryStatistics.bounds, statistics.durations) {
            count += number
            buckets.append((Number(bound, decimals: 9), count))
        }
        count += statistics.durations.last ?? 0
        text.add(
            "imageswap_verifier_lookup_duration_seconds", help: "How long looks took.",
            Histogram.Totals(buckets: buckets, count: count, sum: Number(statistics.nanoseconds, decimals: 9)))
        return text.bytes
    }
}
