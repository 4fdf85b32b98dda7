import Foundation
import TestSupport
import Testing

/// IMAGESWAP_AUDIT and the audit trail, through nginx.
struct TrialModeServiceTests {
    private static func response(_ service: Service) throws -> [String: Any] {
        let reply = try service.post(try Reviews.body("pod-create-dryrun.json"))
        #expect(reply.status == 200)
        let answer = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
        return try #require(answer["response"] as? [String: Any])
    }

    @Test func aTrialPatchesNothingAndTellsOfEverything() throws {
        let service = try Service(
            maps: "default::m.example.com\n[PULL_SECRET]m.example.com::regcred\n",
            environment: ["IMAGESWAP_AUDIT": "true"])
        let response = try Self.response(service)
        #expect(response["patch"] == nil)
        #expect(
            response["warnings"] as? [String] == [
                "imageswap would swap /spec/containers/0/image: nginx -> m.example.com/nginx",
                "imageswap would add the pull secret regcred",
            ])
        #expect(try service.metric("imageswap_admission_reviews_total", #"outcome="would_patch""#) == 1)
        let isLogged = eventually {
            let log = service.responder.output
            return log.contains("IMAGESWAP_AUDIT is set: nothing is patched") && log.contains("review would_patch")
                && log.contains("pull_secrets=regcred")
        }
        #expect(isLogged)
    }

    /// The digits are those that sha256sum and the metric show.
    @Test func theAuditTrailNamesTheRules() throws {
        let folder = try TemporaryFolder()
        let own = "default::own.example.com\n"
        let maps = "default::m.example.com\n"
        let service = try Service(maps: maps, environment: ["IMAGESWAP_WARN": "true"])
        var annotations = try #require(try Self.response(service)["auditAnnotations"] as? [String: String])
        #expect(annotations["swapped"] == "/spec/containers/0/image: nginx -> m.example.com/nginx")
        let digest = try #require(annotations["rules"])
        #expect(digest.count == 12)
        let metrics = try service.request("GET", "/metrics").text
        #expect(metrics.contains(#"imageswap_rules_info{sha256="\#(digest)"#))
        #expect(
            try Self.response(service)["warnings"] as? [String] == [
                "imageswap swapped /spec/containers/0/image: nginx -> m.example.com/nginx"
            ])

        let body = try #require(
            try JSONSerialization.jsonObject(with: Reviews.body("pod-create-dryrun.json")) as? [String: Any])
        let namespace = try #require((body["request"] as? [String: Any])?["namespace"] as? String)
        try FileManager.default.createDirectory(at: folder / "own", withIntermediateDirectories: true)
        _ = try folder.write(own, to: "own/\(namespace).conf")
        let other = try Service(
            maps: maps, environment: ["IMAGESWAP_NAMESPACE_MAPS_DIR": (folder / "own").path])
        annotations = try #require(try Self.response(other)["auditAnnotations"] as? [String: String])
        #expect(annotations["swapped"] == "/spec/containers/0/image: nginx -> own.example.com/nginx")
        let both = try folder.write(maps + own, to: "both")
        let sum = try Program.run("/usr/bin/sha256sum", [both]).output
        #expect(annotations["rules"] == String(sum.prefix(12)))
    }
}
