import Foundation
import TestSupport
import Testing

/// What each route answers, and to what it does not.
struct RouteTests {
    struct Case: Sendable {
        var method = "POST"
        var path = "/"
        var type: String? = "application/json"
        var body: String?
        let status: Int
        /// What the answer's one line says.
        var says = ""
        var allow: String?
    }

    private static let noRequest = #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#

    static let cases: [Case] = [
        Case(body: "x", status: 400, says: "not JSON: another token was expected (byte 0)"),
        Case(body: #"{"kind":"#, status: 400, says: "not JSON: the text ends too early (byte 8)"),
        Case(body: "[]", status: 400, says: "not an AdmissionReview: the document is no JSON object (byte 0)"),
        Case(body: #"{"kind":"Pod"}"#, status: 400, says: #"not an AdmissionReview: kind must be "AdmissionReview""#),
        Case(body: noRequest, status: 400, says: "the AdmissionReview has no request"),
        Case(
            body: noRequest.dropLast() + #","request":{}}"#, status: 400,
            says: "the AdmissionReview's request has no uid"),
        Case(body: "", status: 400, says: "the body is empty, an AdmissionReview was expected"),
        Case(body: nil, status: 400, says: "the body is empty, an AdmissionReview was expected"),
        Case(type: "text/plain", body: "{}", status: 415, says: "the Content-Type must be application/json"),
        Case(type: nil, body: "{}", status: 415, says: "the Content-Type must be application/json"),
        Case(type: "application/jsonp", body: "{}", status: 415, says: "the Content-Type must be application/json"),
        Case(type: "Application/JSON; charset=utf-8", body: "x", status: 400, says: "not JSON"),
        Case(method: "GET", status: 405, says: "this path takes POST", allow: "POST"),
        Case(method: "PUT", body: "{}", status: 405, says: "this path takes POST", allow: "POST"),
        Case(path: "/healthz", body: "{}", status: 405, says: "this path takes GET, HEAD", allow: "GET, HEAD"),
        Case(method: "DELETE", path: "/metrics", status: 405, says: "this path takes GET, HEAD", allow: "GET, HEAD"),
        Case(method: "GET", path: "/nothing", status: 404, says: "there is nothing here"),
        Case(path: "/healthz/", body: "{}", status: 404, says: "there is nothing here"),
    ]

    @Test func whatIsNoReviewGetsOneLineThatSaysWhy() throws {
        let service = try Service(maps: "default::m.example.com\n")
        for row in Self.cases {
            let reply = try service.request(
                row.method, row.path, type: row.type, body: row.body.map { Data($0.utf8) })
            #expect(reply.status == row.status, "\(row) got \(reply.text)")
            #expect(reply.text.contains(row.says), "\(row) got \(reply.text)")
            #expect(reply.text.split(separator: "\n").count == 1)
            #expect(reply.headers["allow"] == row.allow, "\(row)")
            #expect(reply.headers["server"] == "nginx")
        }
    }

    @Test func aBodyOverTheLimitIsRefused() throws {
        let service = try Service(maps: "")
        #expect(try service.post(Data(repeating: 0x20, count: 32 << 20 | 1)).status == 413)
    }

    @Test func healthSaysWhichPodAndWhen() throws {
        let service = try Service(maps: "")
        let reply = try service.request("GET", "/healthz")
        let health = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: String])
        #expect(reply.status == 200)
        #expect(reply.headers["content-type"] == "application/json")
        #expect(health["health"] == "ok")
        #expect(health["pod_name"] == "pod-1")
        #expect(health["date_time"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(try service.request("HEAD", "/healthz").status == 200)
    }

    @Test func metricsCountReviewsAndImages() throws {
        let expected = try Reviews.expected()
        let service = try Service(maps: expected.maps)
        _ = try service.bothWorkers()
        let names = [
            "pod-create-by-controller.json", "pod-delete.json", "pod-create-mirror.json", "job-update-label.json",
        ]
        for name in names { #expect(try service.post(Reviews.body(name)).status == 200) }
        #expect(try service.post(Data("{}".utf8)).status == 400)
        let text = try service.request("GET", "/metrics").text
        for line in [
            "# TYPE imageswap_admission_reviews_total counter",
            #"imageswap_admission_reviews_total{operation="CREATE",kind="Pod",outcome="patched"} 1"#,
            #"imageswap_admission_reviews_total{operation="CREATE",kind="Pod",outcome="opted_out"} 1"#,
            #"imageswap_admission_reviews_total{operation="UPDATE",kind="Job",outcome="unchanged"} 1"#,
            #"imageswap_admission_reviews_total{operation="DELETE",kind="Pod",outcome="not_applicable"} 1"#,
            #"imageswap_admission_reviews_total{operation="other",kind="other",outcome="bad_request"} 1"#,
            #"imageswap_images_total{decision="map",registry="docker.io"} 2"#,
            #"imageswap_rule_hits_total{line="2"} 1"#,
            #"imageswap_rule_hits_total{line="3"} 1"#,
            "imageswap_rules_last_load_success 1",
            "imageswap_workers 2",
            "imageswap_admission_duration_seconds_count 5",
            "imageswap_request_bytes_count 5",
        ] {
            #expect(text.split(separator: "\n").contains(Substring(line)), "\(line) is not in \(text)")
        }
    }

    @Test func monitoringHasAListenerOfItsOwn() throws {
        let service = try Service(maps: "default::m.example.com\n")
        func get(_ path: String) throws -> String {
            try service.curl(["--unix-socket", (service.folder / "m").path, "-w", " %{http_code}", "http://m\(path)"])
                .output
        }
        #expect(try get("/metrics").hasSuffix(" 200"))
        // Once the other worker runs, too.
        #expect(try eventually { try get("/metrics").contains("imageswap_workers 2\n") })
        #expect(try get("/nginx_status").contains("Active connections:"))
        #expect(try get("/healthz").contains(#""health":"ok""#))
        #expect(try get("/readyz").hasPrefix("ready"))
        // Reviews are taken over TLS only.
        #expect(try get("/").hasSuffix(" 404"))
    }

    @Test func metricsTellUntilWhenTheCertificateLasts() throws {
        let folder = try TemporaryFolder()
        try Service.makeCertificates(in: folder, names: ["localhost"])
        let service = try Service(
            maps: "", environment: ["IMAGESWAP_TLS_CERT": (folder / "tls/tls.crt").path])
        let name = "imageswap_tls_certificate_expiry_timestamp_seconds "
        var expiry = 0.0
        let isTold = try eventually {
            let line = try service.request("GET", "/metrics").text.split(separator: "\n").first { $0.hasPrefix(name) }
            expiry = line.flatMap { Double($0.dropFirst(name.count)) } ?? 0
            return expiry > 0
        }
        #expect(isTold)
        // 90 days from now.
        #expect(abs(expiry - Date.now.timeIntervalSince1970 - 90 * 86_400) < 3600)
    }
}
