import Admission
import Foundation
import ImageSwap
import Metrics
import Posix
import Responder
import Testing

struct ServiceMetricsTests {
    private let digest = Array(UInt8(0xf0)...0xff) + Array(0...15)
    private let rules = Rules(
        MapFile(Array("default::m.io\nquay.io::m.io/q\n[EXACT]a::m.io/b\n[REPLACE]x*::m.io\n".utf8).span))

    private func inherited(_ metrics: ServiceMetrics) throws -> ServiceMetrics {
        try ServiceMetrics(inheriting: Descriptor(owning: dup(metrics.descriptorNumber)))
    }

    private func samples(_ metrics: ServiceMetrics) throws -> [String: Double] {
        try PrometheusFormat(String(decoding: metrics.text, as: UTF8.self)).samples
    }

    private func image(_ text: String, _ worker: WorkerMetrics, _ generation: LineHits.Generation? = nil) {
        let (result, swap) = SwapPolicy.maps(rules).swap(text)
        worker.image(swap, Array(text.utf8).span, to: Array(result.utf8).span, rules: generation)
    }

    private func at(_ milliseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

    /// All that there can be, of two workers and a supervisor.
    private func full() throws -> ServiceMetrics {
        let metrics = try ServiceMetrics(workers: 2)
        metrics.superviseHere()
        metrics.tellOfCertificate(ServingCertificate(isWatched: true, life: .init(start: 0, end: 2_000_000_000)))
        metrics.restarted(.stuck)
        for slot in 0..<2 {
            let worker = try inherited(metrics).worker(slot)
            worker.begin(threads: 4)
            let generation = worker.rulesLoaded(
                rules, digest: try #require(SHA256Digest(digest)), invalidLines: 2,
                at: WallTime(nanoseconds: 1_700_000_000_000_000_000 + Int64(slot) * 1_000_000))
            worker.threadBusy()
            worker.review(.create, .pod, .patched, from: at(10), to: at(13), bytes: 3500)
            worker.badRequest(from: at(0), to: at(5000), bytes: nil)
            for text in ["nginx", "Quay.IO/a/b", "a", "x:y z"] { image(text, worker, generation) }
        }
        return metrics
    }

    @Test func nothingCountedIsLittleText() throws {
        let samples = try samples(ServiceMetrics())
        #expect(samples.keys.filter { $0.hasPrefix("imageswap_admission_reviews_total") }.count == 1)
        #expect(
            samples[#"imageswap_admission_reviews_total{operation="other",kind="other",outcome="bad_request"}"#] == 0)
        #expect(samples["imageswap_workers"] == 0)
        #expect(samples[#"imageswap_worker_restarts_total{reason="exit"}"#] == 0)
        #expect(!samples.keys.contains { $0.hasPrefix("imageswap_images") || $0.hasPrefix("imageswap_rule") })
        #expect(!samples.keys.contains { $0.hasPrefix("imageswap_tls") || $0.hasPrefix("process_") })
    }

    @Test func whateverIsCountedIsInTheTextOfEveryProcess() throws {
        let metrics = try full()
        for metrics in [metrics, try inherited(metrics)] {
            let samples = try samples(metrics)
            let reviews = "imageswap_admission_reviews_total"
            #expect(samples[#"\#(reviews){operation="CREATE",kind="Pod",outcome="patched"}"#] == 2)
            #expect(samples[#"\#(reviews){operation="other",kind="other",outcome="bad_request"}"#] == 2)
            #expect(samples.keys.filter { $0.hasPrefix(reviews) }.count == 2)
            #expect(samples[#"imageswap_images_total{decision="default",registry="docker.io"}"#] == 2)
            #expect(samples[#"imageswap_images_total{decision="map",registry="quay.io"}"#] == 2)
            #expect(samples[#"imageswap_images_total{decision="exact",registry="docker.io"}"#] == 2)
            #expect(samples[#"imageswap_images_total{decision="invalid-result",registry="other"}"#] == 2)
            #expect((1...4).map { samples[#"imageswap_rule_hits_total{line="\#($0)"}"#] } == [2, 2, 2, 2])
            #expect(samples["imageswap_admission_duration_seconds_count"] == 4)
            #expect(samples["imageswap_admission_duration_seconds_sum"] == 10.006)
            #expect(samples[#"imageswap_admission_duration_seconds_bucket{le="0.0025"}"#] == 0)
            #expect(samples[#"imageswap_admission_duration_seconds_bucket{le="0.005"}"#] == 2)
            #expect(samples[#"imageswap_admission_duration_seconds_bucket{le="1"}"#] == 2)
            #expect(samples[#"imageswap_request_bytes_bucket{le="2048"}"#] == 0)
            #expect(samples[#"imageswap_request_bytes_bucket{le="4096"}"#] == 2)
            #expect(samples[#"imageswap_request_bytes_bucket{le="33554432"}"#] == 2)
            #expect(samples["imageswap_request_bytes_sum"] == 7000)
            #expect(
                ["exact", "replace", "map", "wildcard"].map { samples["imageswap_rules{kind=\"\($0)\"}"] } == [
                    1, 1, 1, 0,
                ])
            let hex = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f"
            #expect(samples["imageswap_rules_info{sha256=\"\(hex)\"}"] == 1)
            #expect(samples["imageswap_rules_last_load_success"] == 1)
            #expect(samples["imageswap_rules_last_load_timestamp_seconds"] == 1_700_000_000.001)
            #expect(samples["imageswap_rules_invalid_lines"] == 2)
            #expect(samples[#"imageswap_worker_restarts_total{reason="stuck"}"#] == 1)
            #expect(samples["imageswap_workers"] == 2)
            #expect(samples[#"imageswap_threads{state="busy"}"#] == 2)
            #expect(samples[#"imageswap_threads{state="idle"}"#] == 6)
            #expect(
                samples.keys.contains {
                    $0.hasPrefix(#"imageswap_build_info{version="\#(imageSwapVersion)",swift="6."#)
                })
            #expect(samples["imageswap_tls_certificate_expiry_timestamp_seconds"] == 2_000_000_000)
            #expect(try #require(samples["process_resident_memory_bytes"]) > 1_000_000)
            #expect(try #require(samples["process_open_fds"]) > 6)
            #expect(try #require(samples["process_max_fds"]) > 100)
            #expect(abs(try #require(samples["process_start_time_seconds"]) - Date().timeIntervalSince1970) < 100_000)
        }
    }

    @Test func aDeadWorkersCountsStayAndItsGaugesGo() throws {
        let metrics = try full()
        metrics.ended(slot: 1)
        var samples = try samples(metrics)
        let pods = #"imageswap_admission_reviews_total{operation="CREATE",kind="Pod",outcome="patched"}"#
        #expect(samples[pods] == 2)
        #expect(samples["imageswap_workers"] == 1)
        #expect(samples[#"imageswap_threads{state="busy"}"#] == 1)
        #expect(samples["imageswap_rules_last_load_timestamp_seconds"] == 1_700_000_000)
        #expect(samples[#"imageswap_rule_hits_total{line="1"}"#] == 2)

        let next = try inherited(metrics).worker(1)
        next.begin(threads: 4)
        next.review(.create, .pod, .patched, from: at(0), bytes: 1)
        samples = try self.samples(metrics)
        #expect(samples[pods] == 3)
        #expect(samples[#"imageswap_threads{state="busy"}"#] == 1)
        #expect(samples[#"imageswap_threads{state="idle"}"#] == 7)
    }

    @Test func aLoadThatFailedInOneWorkerIsSeenUntilItSucceeds() throws {
        let metrics = try full()
        let worker = try inherited(metrics).worker(0)
        worker.rulesFailed()
        #expect(try samples(metrics)["imageswap_rules_last_load_success"] == 0)
        _ = worker.rulesLoaded(rules, digest: try #require(SHA256Digest(digest)), invalidLines: 0)
        #expect(try samples(metrics)["imageswap_rules_last_load_success"] == 1)
        #expect(try samples(metrics)["imageswap_rules_invalid_lines"] == 0)
    }

    @Test func cpuTimeNeverGoesDown() throws {
        let metrics = try full()
        let before = try #require(try samples(metrics)["process_cpu_seconds_total"])
        for slot in 0..<2 { metrics.ended(slot: slot) }
        #expect(try #require(try samples(metrics)["process_cpu_seconds_total"]) >= before)
    }

    @Test(
        arguments: [
            ("nginx", "docker.io"), ("docker.io/nginx", "docker.io"), ("Index.Docker.io/x", "docker.io"),
            ("localhost/x", "localhost"), ("localhost:5000/x:1", "localhost:5000"), ("GHCR.io/a/b@x", "other"),
            ("GHCR.io/a/b", "ghcr.io"), ("[::1]:5000/x", "[::1]:5000"), ("OTHER/x", "other"), ("", "other"),
            ("a b", "other"), ("evil\"\n.io/x", "other"), (String(repeating: "a", count: 128) + ".io/x", "other"),
        ])
    func anImageCountsForTheRegistryItNames(text: String, registry: String) throws {
        let metrics = try ServiceMetrics()
        image(text, metrics.worker(0))
        let images = try samples(metrics).filter { $0.key.hasPrefix("imageswap_images_total") }
        #expect(images.count == 1)
        #expect(images.first?.key.hasSuffix("registry=\"\(registry)\"}") == true)
    }

    @Test func moreRegistriesThanThereIsRoomForAreOther() throws {
        let metrics = try ServiceMetrics()
        for number in 0..<100 { image("r\(number).example.com/x", metrics.worker(0)) }
        let images = try samples(metrics).filter { $0.key.hasPrefix("imageswap_images_total") }
        #expect(images.count == 64)
        #expect(images[#"imageswap_images_total{decision="default",registry="other"}"#] == 37)
        #expect(images.values.reduce(0, +) == 100)
    }

    @Test(arguments: WorkloadKind.allCases)
    func kindsAreTakenByTheirNames(kind: WorkloadKind) {
        #expect(WorkloadKind(Array(kind.name.utf8).span) == kind)
        #expect(WorkloadKind(Array(kind.name.lowercased().utf8).span) == .other)
    }

    @Test func everyCombinationHasACounterOfItsOwn() throws {
        let metrics = try ServiceMetrics()
        for operation in [Review.Operation.create, .update, .delete, .connect, .other] {
            for kind in WorkloadKind.allCases {
                for outcome in Reviewer.Outcome.allCases {
                    metrics.worker(1).review(operation, kind, outcome, from: at(0), bytes: 0)
                }
            }
        }
        let reviews = try samples(metrics).filter { $0.key.hasPrefix("imageswap_admission_reviews_total") }
        #expect(reviews.values.filter { $0 == 1 }.count == 5 * 10 * 5)
        #expect(reviews.count == 5 * 10 * 5 + 1)
    }

    @Test func anotherProgramsMemoryIsRefused() throws {
        #expect(throws: MetricsMemoryError.memory(.notSealed)) {
            _ = try ServiceMetrics(inheriting: Descriptor.open("/dev/null"))
        }
    }

    @Test func promtoolFindsNothing() throws {
        guard let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first(where: access) else {
            #expect(
                ProcessInfo.processInfo.environment["CI"] != "true",
                "promtool of the Debian package prometheus is missing")
            print("skipped: promtool (Debian package prometheus) is not here")
            return
        }
        for metrics in [try full(), try ServiceMetrics()] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: promtool)
            process.arguments = ["check", "metrics"]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            process.standardError = output
            try process.run()
            try input.fileHandleForWriting.write(contentsOf: Data(metrics.text))
            try input.fileHandleForWriting.close()
            let said = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0 && said.isEmpty, "\(String(decoding: said, as: UTF8.self))")
        }
    }

    private func access(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
}
