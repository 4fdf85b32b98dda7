// What keeps an object from being swapped: the label, and being a mirror pod.

import Admission
import Foundation
import ImageSwap
import Testing

struct OptOutTests {
    static let spec = #"{"containers":[{"name":"a","image":"x"}]}"#
    static let disabled = #"{"labels":{"k8s.twr.io/imageswap":"disabled"}}"#

    @Test(arguments: PodSpecPlace.allCases)
    func theLabelCountsOnTheObject(place: PodSpecPlace) throws {
        let body = review(kind: place.kind, object: place.object(spec: Self.spec, metadata: Self.disabled))
        let answer = try Answer(to: body)
        #expect(answer.outcome == .optedOut)
        #expect(try answer.operations().isEmpty)
    }

    /// A pod has no template; what stands in the place of one says nothing.
    @Test(arguments: PodSpecPlace.allCases, PodSpecPlace.allCases)
    func theLabelCountsOnTheKindsOwnTemplate(kind: PodSpecPlace, labelled: PodSpecPlace) throws {
        // The same object with a pod spec at each place, and the label on one place's template.
        func template(_ place: PodSpecPlace) -> String {
            #"{"metadata":\#(place == labelled ? Self.disabled : "{}"),"spec":\#(Self.spec)}"#
        }
        let object = """
            {"metadata":{},"template":\(template(.podTemplate)),"spec":{"containers":[{"image":"x"}],
            "template":\(template(.workload)),"jobTemplate":{"spec":{"template":\(template(.cronJob))}}}}
            """
        let answer = try Answer(to: review(kind: kind.kind, object: object))
        let isOut = kind == labelled && kind != .pod
        #expect(answer.outcome == (isOut ? .optedOut : .patched))
        #expect(try answer.patch().keys.sorted() == (isOut ? [] : [kind.pointer + "/containers/0/image"]))
    }

    static let written = [
        #"{"labels":{"k8s.twr.io\/imageswap":"disabled"}}"#,
        #"{"labels":{"\u006b8s.twr.io/imageswap":"dis\u0061bled"}}"#,
        #"{ "labels" : { "a" : "b" , "k8s.twr.io/imageswap" : "disabled" , "c" : "d" } }"#,
        #"{"l\u0061bels":{"k8s.twr.io/imageswap":"disabled"}}"#,
        #"{"name":"x","labels":{"a":{},"k8s.twr.io/imageswap":"disabled"},"annotations":{}}"#,
    ]

    static let notWritten = [
        #"{"labels":{"k8s.twr.io/imageswap":"Disabled"}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":"disabled "}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":"disable"}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":"disabledd"}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":"enabled"}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":""}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":true}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":null}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":["disabled"]}}"#,
        #"{"labels":{"k8s.twr.io/imageswap":{"x":"disabled"}}}"#,
        #"{"labels":{"K8s.twr.io/imageswap":"disabled"}}"#,
        #"{"labels":{"k8s.twr.io/imageswap ":"disabled"}}"#,
        #"{"labels":{"k8s.twr.io/imageswaps":"disabled"}}"#,
        #"{"labels":{"imageswap":"disabled"}}"#,
        #"{"labels":{"disabled":"k8s.twr.io/imageswap"}}"#,
        #"{"labels":{"x":{"k8s.twr.io/imageswap":"disabled"}}}"#,
        #"{"Labels":{"k8s.twr.io/imageswap":"disabled"}}"#,
        #"{"annotations":{"k8s.twr.io/imageswap":"disabled"}}"#,
        #"{"k8s.twr.io/imageswap":"disabled"}"#,
        #"{"labels":"k8s.twr.io/imageswap=disabled"}"#,
    ]

    @Test(arguments: written + notWritten)
    func theLabelIsMatchedToTheLetter(metadata: String) throws {
        let expected: Reviewer.Outcome = Self.written.contains(metadata) ? .optedOut : .patched
        let pod = PodSpecPlace.pod.object(spec: Self.spec, metadata: metadata)
        #expect(try Answer(to: review(object: pod)).outcome == expected)
        for place in PodSpecPlace.allCases where place != .pod {
            let object = place.object(spec: Self.spec, templateMetadata: metadata)
            #expect(try Answer(to: review(kind: place.kind, object: object)).outcome == expected)
        }
    }

    @Test(arguments: [
        // elsewhere in the request, or on the object as it was
        #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","labels":{"k8s.twr.io/imageswap":"disabled"},"request":{"uid":"u","metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"}},"kind":{"kind":"Pod"},"object":O}}"#,
        #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"UPDATE","kind":{"kind":"Pod"},"object":O,"oldObject":{"metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"}}}}}"#,
        // on what a pod does not have
        #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"kind":"Pod"},"object":{"spec":{"metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"}},"containers":[{"image":"x"}]}}}}"#,
        // on a job template itself, which is not the pod's
        #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"kind":"CronJob"},"object":{"spec":{"jobTemplate":{"metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"}},"spec":{"template":O}}}}}}"#,
    ])
    func elsewhereTheLabelSaysNothing(body: String) throws {
        let object = #"{"metadata":{},"spec":\#(Self.spec)}"#
        #expect(try Answer(to: body.replacing(":O", with: ":" + object)).outcome == .patched)
    }

    @Test(arguments: [
        ("x", "x", true), ("x", "y", false), ("é/ü", "\\u00e9/ü", true), ("k8s.twr.io/imageswap", "x", false),
    ])
    func theLabelIsTheSettings(setting: String, label: String, isOut: Bool) throws {
        let object = PodSpecPlace.pod.object(spec: Self.spec, metadata: #"{"labels":{"\#(label)":"disabled"}}"#)
        let policy = SwapPolicy.maps(Rules(MapFile("default::m.example.com")))
        let answer = try Answer(to: Data(review(object: object).utf8), policy: policy, disableLabel: setting)
        #expect(answer.outcome == (isOut ? .optedOut : .patched))
    }

    static let mirror = #"{"annotations":{"kubernetes.io/config.mirror":"0123"}}"#

    @Test(arguments: [
        mirror,
        #"{"annotations":{"kubernetes.io/config.mirror":""}}"#,
        #"{"annotations":{"kubernetes.io/config.mirror":null}}"#,
        #"{"annotations":{"kubernetes.io/config.mirror":false}}"#,
        #"{"annotations":{"a":"b","kubernetes.io\/config.mirror":"x","c":"d"}}"#,
        #"{"annotations":{"kubernetes.io/config.mirror":{"a":[1]}}}"#,
    ])
    func aMirrorPodIsLeftAloneWhateverItsAnnotationSays(metadata: String) throws {
        for operation in ["CREATE", "UPDATE"] {
            let object = PodSpecPlace.pod.object(spec: Self.spec, metadata: metadata)
            #expect(try Answer(to: review(operation: operation, object: object)).outcome == .optedOut)
        }
    }

    @Test(arguments: [
        #"{"annotations":{"kubernetes.io/config.source":"file","kubernetes.io/config.hash":"0123"}}"#,
        #"{"annotations":{"kubernetes.io/config.mirrors":"x"}}"#,
        #"{"annotations":{"Kubernetes.io/config.mirror":"x"}}"#,
        #"{"annotations":{"x":{"kubernetes.io/config.mirror":"x"}}}"#,
        #"{"labels":{"kubernetes.io/config.mirror":"x"}}"#,
        #"{"kubernetes.io/config.mirror":"x"}"#,
    ])
    func nothingElseMakesAMirrorPod(metadata: String) throws {
        let object = PodSpecPlace.pod.object(spec: Self.spec, metadata: metadata)
        #expect(try Answer(to: review(object: object)).outcome == .patched)
    }

    @Test(arguments: PodSpecPlace.allCases)
    func noOtherKindIsAMirrorPod(place: PodSpecPlace) throws {
        let object = place.object(spec: Self.spec, metadata: Self.mirror, templateMetadata: Self.mirror)
        #expect(
            try Answer(to: review(kind: place.kind, object: object)).outcome == (place == .pod ? .optedOut : .patched))
        let template = place.object(spec: Self.spec, templateMetadata: Self.mirror)
        #expect(try Answer(to: review(kind: place.kind, object: template)).outcome == .patched)
    }
}
