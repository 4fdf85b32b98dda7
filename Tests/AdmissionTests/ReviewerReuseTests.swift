// One reviewer answers any bodies in any order as a fresh one would each.

import Admission
import Foundation
import ImageSwap
import TestSupport
import Testing

struct ReviewerReuseTests {
    /// All that a reviewer says about a body.
    static func outcome(_ reviewer: inout Reviewer, _ body: [UInt8], _ policy: SwapPolicy) -> String {
        do {
            let outcome = try reviewer.review(body.span, under: policy)
            let images = reviewer.images.map { image in
                let review = reviewer.review
                let texts = [image.field.name, image.field.image].map {
                    String(decoding: review.texts[$0.range], as: UTF8.self)
                }
                let result = String(decoding: reviewer.results[image.result], as: UTF8.self)
                return "\(image.field.pointer) \(texts) \(image.swap.decision) \(image.swap.line ?? 0) \(result)"
            }
            let review = reviewer.review
            let ranges = [
                review.uid, review.kind, review.namespace, review.name, review.subresource, review.operationName,
            ]
            let texts = ranges.map { String(decoding: review.texts[$0.range], as: UTF8.self) }
            let answer = String(decoding: reviewer.answer, as: UTF8.self)
            return "\(outcome) \(review.operation) \(review.version) \(review.isDryRun) \(texts) \(images) \(answer)"
        } catch {
            // After an error there is no answer.
            return "\(error) \(reviewer.answer.count) \(reviewer.images.count) \(reviewer.results.count)"
        }
    }

    static func bodies() throws -> [[UInt8]] {
        var bodies = try Fixtures.names.map { Array(try Fixtures.body($0)) }
        let pod = PodSpecPlace.pod.object(spec: #"{"containers":[{"name":"a","image":"nginx"}]}"#)
        for place in PodSpecPlace.allCases {
            let object = place.object(
                spec: SwappedFieldsTests.spec, metadata: OptOutTests.mirror, templateMetadata: OptOutTests.disabled)
            bodies.append(Array(review(kind: place.kind, object: object).utf8))
            bodies.append(Array(review(kind: place.kind, object: place.object(spec: SwappedFieldsTests.spec)).utf8))
        }
        bodies += [
            review(object: pod, extra: #""namespace":"n","name":"p","subResource":"s","dryRun":true"#),
            review(object: pod),
            review(operation: "UPDATE", object: pod, old: pod), review(operation: "UPDATE", object: pod),
            review(operation: "DELETE", object: pod), review(), review(object: "null"), "", "null", "{}", "[", "x",
            review(object: pod) + "x", String(review(object: pod).dropLast()), String(review(object: pod).dropLast(40)),
            review(object: pod).replacing("nginx", with: "ngi\u{1}nx"),
            review(object: pod).replacing("admission.k8s", with: "x"),
            review(object: pod).replacing(#""uid":"u","#, with: ""), repeated("[", 600),
        ].map { Array($0.utf8) }
        return bodies
    }

    static func huge(_ count: Int) -> [UInt8] {
        let containers = (0..<count).map { #"{"name":"c\#($0)","image":"registry.example/path/image-\#($0):1"}"# }
        let spec = #"{"containers":[\#(containers.joined(separator: ","))]}"#
        let pod = PodSpecPlace.pod.object(spec: spec)
        return Array(review(operation: "UPDATE", object: pod, old: pod.replacing("image-", with: "old-")).utf8)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func theAnswersAreThoseOfAFreshReviewer(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bodies = try Self.bodies() + [Self.huge(1200)]
        let policies: [SwapPolicy] = [
            try Fixtures.policy(), .maps(Rules(MapFile("default::m.example.com"))),
            .legacy(prefix: Array("m.example.com".utf8)),
            .maps(Rules(MapFile(""))),
        ]
        var expected: [[String]] = []
        for policy in policies {
            expected.append(
                bodies.map { body in
                    var fresh = Reviewer(disableLabel: "k8s.twr.io/imageswap")
                    return Self.outcome(&fresh, body, policy)
                })
        }
        var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
        for _ in 0..<500 {
            let (policy, body) = (random.below(policies.count), random.below(bodies.count))
            #expect(Self.outcome(&reviewer, bodies[body], policies[policy]) == expected[policy][body])
        }
    }

    @Test func aCopyGoesItsOwnWay() throws {
        let policy = SwapPolicy.maps(Rules(MapFile("default::m.example.com")))
        var reviewer = Reviewer(disableLabel: "x")
        let body = Array(review(object: PodSpecPlace.pod.object(spec: #"{"containers":[{"image":"x"}]}"#)).utf8)
        let first = Self.outcome(&reviewer, body, policy)
        var copy = reviewer
        _ = Self.outcome(&copy, Array(review(kind: "Job").utf8), policy)
        #expect(copy.images.isEmpty && reviewer.images.count == 1)
        #expect(Self.outcome(&reviewer, body, policy) == first)
        #expect(Self.outcome(&copy, body, policy) == first)
    }
}
