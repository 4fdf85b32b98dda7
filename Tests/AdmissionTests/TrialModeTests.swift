// IMAGESWAP_AUDIT, the label's value `audit`, IMAGESWAP_IGNORE_LABELS: nothing is patched, and what would be is told.

import Admission
import Foundation
import ImageSwap
import Testing

struct TrialModeTests {
    static let audit = #"{"labels":{"k8s.twr.io/imageswap":"audit"}}"#
    static let maps = "default::m.example.com\n[PULL_SECRET]m.example.com::regcred"

    static func options(
        trial: Bool = false, ignoresLabels: Bool = false, warns: Bool = false
    ) -> Reviewer.Options {
        var options = Reviewer.Options()
        options.isTrial = trial
        options.ignoresLabels = ignoresLabels
        options.warns = warns
        return options
    }

    @Test(arguments: [("IMAGESWAP_AUDIT", "{}", true), ("the label", audit, false)])
    func aPodsChangesAreToldAndNotMade(why: String, metadata: String, trial: Bool) throws {
        let body = review(object: PullSecretTests.pod(images: ["nginx", "m.example.com/a"], metadata: metadata))
        let answer = try Answer(to: body, maps: Self.maps, options: Self.options(trial: trial))
        #expect(answer.outcome == .wouldPatch)
        #expect(answer.response.keys.sorted() == ["allowed", "uid", "warnings"])
        #expect(answer.response["allowed"] as? Bool == true)
        #expect(
            answer.warnings == [
                "imageswap would swap /spec/containers/0/image: nginx -> m.example.com/nginx",
                "imageswap would add the pull secret regcred",
            ])
    }

    @Test func whereNothingWouldBeDoneNothingIsTold() throws {
        let body = review(object: PullSecretTests.pod(images: ["m.example.com/a"], secrets: #"[{"name":"regcred"}]"#))
        let answer = try Answer(to: body, maps: Self.maps, options: Self.options(trial: true))
        #expect(answer.outcome == .unchanged)
        #expect(answer.response.keys.sorted() == ["allowed", "uid"])
    }

    static let disabled = OptOutTests.disabled

    @Test(
        arguments: [
            // on the object, on its template, ignored
            ("{}", audit, false, .wouldPatch), (audit, "{}", false, .wouldPatch),
            (disabled, audit, false, .optedOut), (audit, disabled, false, .optedOut),
            ("{}", disabled, true, .patched), (disabled, audit, true, .patched), (audit, "{}", true, .patched),
            ("{}", #"{"labels":{"k8s.twr.io/imageswap":"Audit"}}"#, false, .patched),
            ("{}", #"{"labels":{"k8s.twr.io/imageswap":"audit "}}"#, false, .patched),
            ("{}", #"{"labels":{"k8s.twr.io/imageswap":"\u0061udit"}}"#, false, .wouldPatch),
            (
                "{}", #"{"labels":{"k8s.twr.io/imageswap":"disabled","k8s.twr.io/imageswap":"audit"}}"#, false,
                .wouldPatch
            ),
            ("{}", #"{"labels":{"k8s.twr.io/imageswap":"audit"},"labels":{}}"#, false, .patched),
            ("{}", #"{"labels":{"k8s.twr.io/imageswap":["audit"]}}"#, false, .patched),
        ] as [(String, String, Bool, Reviewer.Outcome)])
    func theStrongerLabelCountsUnlessLabelsAreIgnored(
        metadata: String, template: String, ignores: Bool, outcome: Reviewer.Outcome
    ) throws {
        for place in PodSpecPlace.allCases where place != .pod {
            let object = place.object(spec: OptOutTests.spec, metadata: metadata, templateMetadata: template)
            let answer = try Answer(
                to: review(kind: place.kind, object: object), maps: Self.maps,
                options: Self.options(ignoresLabels: ignores))
            #expect(answer.outcome == outcome, "\(place)")
            #expect((answer.response["patch"] != nil) == (outcome == .patched))
        }
    }

    @Test func aMirrorPodIsLeftAloneThoughLabelsAreIgnored() throws {
        let body = review(object: PullSecretTests.pod(metadata: OptOutTests.mirror))
        let answer = try Answer(to: body, maps: Self.maps, options: Self.options(ignoresLabels: true))
        #expect(answer.outcome == .optedOut)
    }

    @Test func theLabelIsTheSettings() throws {
        var options = Reviewer.Options()
        options.label = "x/y"
        let other = review(object: PullSecretTests.pod(metadata: Self.audit))
        #expect(try Answer(to: other, maps: Self.maps, options: options).outcome == .patched)
        let own = review(object: PullSecretTests.pod(metadata: #"{"labels":{"x/y":"audit"}}"#))
        #expect(try Answer(to: own, maps: Self.maps, options: options).outcome == .wouldPatch)
    }

    /// Real bodies, and each as other operations and with the label: the trial never patches, and says so exactly where
    /// the real run would.
    @Test(arguments: Fixtures.names)
    func theTrialNeverPatches(name: String) throws {
        let text = String(decoding: try Fixtures.body(name), as: UTF8.self)
        let policies = [
            try Fixtures.policy(), .maps(Rules(MapFile("default::m-\n[PULL_SECRET]docker.io::a\n[PULL_SECRET]m-::b"))),
            .maps(Rules(MapFile("[PULL_SECRET]docker.io::hub"))), .legacy(prefix: Array("m.example.com".utf8)),
        ]
        for body in [text] + ["CREATE", "DELETE", ""].map({ text.replacing(#""UPDATE""#, with: "\"\($0)\"") }) {
            for policy in policies {
                let real = try Answer(to: Data(body.utf8), policy: policy)
                let trial = try Answer(
                    to: Data(body.utf8), policy: policy, options: Self.options(trial: true, warns: true))
                #expect(trial.outcome == (real.outcome == .patched ? .wouldPatch : real.outcome))
                #expect(trial.response["patch"] == nil && trial.response["patchType"] == nil)
                #expect(trial.response["auditAnnotations"] == nil)
                #expect(trial.warnings.isEmpty == (real.outcome != .patched))
            }
        }
    }
}
