import Admission
import Foundation
import ImageSwap
import Logging
import Metrics
import Posix
import Responder

/// A service with something of everything, for its status page.
struct StatusFixture {
    static let maps = """
        default::m.example.com
        quay.io::m.example.com/quay
        nowhere.example.com::m.example.com/none
        ghcr.io::
        [PULL_SECRET]m.example.com::regcred
        this line is none
        quay.io::m.example.com/quay2
        """
    /// 2026-07-01T09:05:03Z
    static let start = WallTime(nanoseconds: 1_782_896_703_000_000_000)

    let metrics: ServiceMetrics
    let loaded: MapFileSource.Loaded

    init(maps: String = maps) throws {
        metrics = try ServiceMetrics(workers: 2)
        metrics.superviseHere(workers: 2)
        loaded = try Self.load(maps)
        metrics.tellOfRules(loaded, at: Self.start)
        for slot in 0..<2 {
            metrics.worker(slot).begin(threads: 4)
            _ = rulesLoaded(slot)
        }
    }

    static func load(_ maps: String) throws -> MapFileSource.Loaded {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(maps.utf8).write(to: folder.appending(path: "maps"))
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try MapFileSource(path: folder.appending(path: "maps").path, isStrict: false, log: quiet)
            .load(mayBeEmpty: true)
    }

    func rulesLoaded(_ slot: Int) -> LineHits.Generation? {
        guard let digest = RuleSet.wholeDigest(loaded.text) else { return nil }
        return metrics.worker(slot).rulesLoaded(
            loaded.rules, digest: digest, invalidLines: loaded.invalidLines, at: Self.start)
    }

    /// What a worker does with a review.
    func review(
        slot: Int = 0, namespace: String = "shop", name: String = "web", kind: String = "Pod", dryRun: Bool = false,
        isTrial: Bool = false, _ images: [String], policy: SwapPolicy? = nil
    ) throws {
        let pod: [String: Any] = ["spec": ["containers": images.map { ["image": $0] }]]
        let workload: [String: Any] = ["spec": ["template": pod]]
        let request: [String: Any] = [
            "uid": "u-1", "kind": ["kind": kind], "operation": "CREATE", "name": name, "namespace": namespace,
            "dryRun": dryRun, "object": kind == "Pod" ? pod : workload,
        ]
        let body = try JSONSerialization.data(withJSONObject: [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request,
        ])
        var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
        let outcome = try reviewer.review(Array(body).span, under: policy ?? .maps(loaded.rules))
        let worker = metrics.worker(slot)
        let generation = rulesLoaded(slot)
        let (texts, results) = (reviewer.review.texts, reviewer.results)
        for image in reviewer.images {
            worker.image(
                image.swap, texts.span.extracting(image.field.image.range), to: results.span.extracting(image.result),
                rules: generation)
        }
        worker.keepSwaps(of: reviewer, isTrial: isTrial)
        let now = MonotonicTime.now
        worker.review(
            reviewer.review.operation, .pod, outcome, from: now, to: now + .microseconds(80), bytes: body.count)
    }

    func page(at time: WallTime = .now) -> String {
        String(decoding: StatusPage(metrics.status(podName: "pod-1", at: time)).bytes, as: UTF8.self)
    }

    func json(at time: WallTime = .now) -> String {
        String(decoding: metrics.status(podName: "pod-1", at: time).json.bytes, as: UTF8.self)
    }
}
