// Which fields of which kinds are swapped, and in which order.

import Admission
import Foundation
import ImageSwap
import Testing

struct SwappedFieldsTests {
    /// A pod spec with an image of every kind, in another order than a patch's.
    static let spec = """
        {"volumes":[{"name":"v0","emptyDir":{}},{"name":"v1","image":{"pullPolicy":"Always","reference":"v"}}],
        "ephemeralContainers":[{"image":"e","name":"e"}],"hostname":"x","initContainers":[{"name":"i","image":"i"}],
        "nodeName":"n","containers":[{"name":"c0","image":"c0"},{"name":"c1","command":["image"],"image":"c1"}]}
        """

    /// The paths below a pod spec, and the new images, in the order of a patch.
    static let expected = [
        ("/containers/0/image", "m.example.com/c0"), ("/containers/1/image", "m.example.com/c1"),
        ("/initContainers/0/image", "m.example.com/i"), ("/ephemeralContainers/0/image", "m.example.com/e"),
        ("/volumes/1/image/reference", "m.example.com/v"),
    ]

    struct Kind: CustomTestStringConvertible {
        let name: String
        let place: PodSpecPlace

        var testDescription: String { name }
    }

    static let kinds =
        [
            Kind(name: "Pod", place: .pod), Kind(name: "PodTemplate", place: .podTemplate),
            Kind(name: "CronJob", place: .cronJob),
        ]
        + [
            "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "Job", "Rollout", "pod",
            "POD",
            "Pods", "cronjob", "Podtemplate", "",
        ].map { Kind(name: $0, place: .workload) }

    @Test(arguments: kinds, PodSpecPlace.allCases)
    func thePodSpecOfAKindIsSwappedAndNoOther(kind: Kind, place: PodSpecPlace) throws {
        let answer = try Answer(to: review(kind: kind.name, object: place.object(spec: Self.spec)))
        let operations = try answer.operations()
        guard place == kind.place else {
            #expect(operations.isEmpty && answer.outcome == .notApplicable)
            return
        }
        let expected = Self.expected.map { path, value in
            ["op": "replace", "path": place.pointer + path, "value": value]
        }
        #expect(operations == expected && answer.outcome == .patched)
    }

    @Test(arguments: PodSpecPlace.allCases)
    func theKindMayFollowTheObject(place: PodSpecPlace) throws {
        let object = place.object(spec: Self.spec)
        let body = """
            {"request":{"object":\(object),"oldObject":null,"kind":{"kind":"\(place.kind)"},"uid":"u"},
            "kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}
            """
        #expect(try Answer(to: body).patch().count == Self.expected.count)
    }

    @Test func withoutAKindItIsTakenForAWorkload() throws {
        for kind in ["", #""kind":null,"#, #""kind":"Pod","#, #""kind":{},"#, #""kind":{"kind":1},"#] {
            let body = """
                {"request":{\(kind)"object":\(PodSpecPlace.workload.object(spec: Self.spec)),"uid":"u"},
                "kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}
                """
            #expect(try Answer(to: body).patch().count == Self.expected.count)
        }
    }

    @Test func aSubresourceIsSwappedAsItsKind() throws {
        let object = PodSpecPlace.pod.object(spec: Self.spec)
        let body = review(object: object, extra: #""subResource":"ephemeralcontainers""#)
        #expect(try Answer(to: body).patch().count == Self.expected.count)
        let scale = review(kind: "Scale", object: #"{"spec":{"replicas":2},"status":{"replicas":1}}"#)
        #expect(try Answer(to: scale).outcome == .notApplicable)
    }

    @Test func everyIndexIsWrittenInFull() throws {
        let containers = (0..<1205).map { #"{"name":"c\#($0)","image":"c\#($0)"}"# }.joined(separator: ",")
        let patch = try Answer(to: review(object: PodSpecPlace.pod.object(spec: #"{"containers":[\#(containers)]}"#)))
            .patch()
        let expected = (0..<1205).map { ("/spec/containers/\($0)/image", "m.example.com/c\($0)") }
        #expect(patch == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test(arguments: [
        ("default::", Reviewer.Outcome.unchanged),
        ("", .unchanged),
        ("noswap_wildcards::c,i,e,v\ndefault::m.example.com", .unchanged),
        ("default::m.example.com:tag", .unchanged),
        ("[EXACT]c0::c9", .patched),
    ])
    func anAnswerHasAPatchOnlyIfAnImageChanges(maps: String, outcome: Reviewer.Outcome) throws {
        let answer = try Answer(to: review(object: PodSpecPlace.pod.object(spec: Self.spec)), maps: maps)
        #expect(answer.outcome == outcome)
        #expect(try answer.operations().count == (outcome == .patched ? 1 : 0))
        let more = outcome == .patched ? ["patchType", "patch", "auditAnnotations"] : []
        let keys = ["uid", "allowed"] + more
        #expect(Set(answer.response.keys) == Set(keys))
    }

    @Test func legacyModeSwapsTheSameFields() throws {
        let body = Data(review(object: PodSpecPlace.pod.object(spec: Self.spec)).utf8)
        let patch = try Answer(to: body, policy: .legacy(prefix: Array("m.example.com".utf8))).patch()
        #expect(patch == Dictionary(uniqueKeysWithValues: Self.expected.map { ("/spec" + $0.0, $0.1) }))
        #expect(try Answer(to: body, policy: .legacy(prefix: [])).outcome == .unchanged)
        #expect(try Answer(to: body, policy: .legacy(prefix: Array("m.example.com/M".utf8))).outcome == .unchanged)
    }

    @Test func theReviewerTellsWhatBecameOfEachImage() throws {
        var reviewer = Reviewer(disableLabel: "x")
        let body = review(object: PodSpecPlace.pod.object(spec: Self.spec))
        let policy = SwapPolicy.maps(Rules(MapFile("[EXACT]c1::\nnoswap_wildcards::i\ndefault::m.example.com")))
        #expect(try reviewer.review(Array(body.utf8).span, under: policy) == .patched)
        #expect(reviewer.images.map(\.field.pointer) == Self.expected.map { "/spec" + $0.0 })
        #expect(reviewer.images.map(\.swap.decision) == [.default, .exact, .noswapWildcard, .default, .default])
        #expect(reviewer.images.map(\.swap.line) == [3, 1, 2, 3, 3])
        #expect(
            reviewer.images.map { String(decoding: reviewer.review.texts[$0.field.name.range], as: UTF8.self) } == [
                "c0", "c1", "i", "e", "v1",
            ])
        let results = reviewer.images.map { String(decoding: reviewer.results[$0.result], as: UTF8.self) }
        #expect(results == ["m.example.com/c0", "", "", "m.example.com/e", "m.example.com/v"])
    }
}
