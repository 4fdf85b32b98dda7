// Of repeated names the last counts, and takes everything with it that the earlier ones said.

import Admission
import Testing

struct RepeatedNamesTests {
    struct Case: CustomTestStringConvertible {
        let object: String
        let patch: [String: String]

        /// - Parameter images: path → image before the swap.
        init(_ object: String, _ images: [String: String]) {
            self.object = object
            patch = images.mapValues { "m.example.com/" + $0 }
        }

        var testDescription: String { object }
    }

    static let inPods: [Case] = [
        Case(
            #"{"spec":{"containers":[{"image":"a"}],"initContainers":[{"image":"b"}]},"spec":{"containers":[{"image":"c"}]}}"#,
            ["/spec/containers/0/image": "c"]),
        Case(#"{"spec":{"containers":[{"image":"a"}]},"spec":null}"#, [:]),
        Case(#"{"spec":{"containers":[{"image":"a"}]},"spec":{}}"#, [:]),
        Case(#"{"spec":{},"spec":{"containers":[{"image":"a"}]}}"#, ["/spec/containers/0/image": "a"]),
        Case(#"{"spec":{"containers":[{"image":"a"}]},"s\u0070ec":1}"#, [:]),
        Case(
            #"{"spec":{"containers":[{"image":"a"},{"image":"b"}],"containers":[{"image":"c"}]}}"#,
            ["/spec/containers/0/image": "c"]),
        Case(#"{"spec":{"containers":[{"image":"a"}],"containers":[]}}"#, [:]),
        Case(#"{"spec":{"containers":[{"image":"a"}],"containers":null}}"#, [:]),
        Case(#"{"spec":{"containers":[{"image":"a"}],"c\u006fntainers":{}}}"#, [:]),
        Case(
            #"{"spec":{"containers":[{"image":"a"}],"initContainers":[{"image":"b"}],"containers":[null,{"image":"c"}]}}"#,
            ["/spec/containers/1/image": "c", "/spec/initContainers/0/image": "b"]),
        Case(
            #"{"spec":{"volumes":[{"image":{"reference":"a"}}],"containers":[{"image":"b"}],"volumes":[{}]}}"#,
            ["/spec/containers/0/image": "b"]),
        Case(#"{"spec":{"containers":[{"image":"a","image":"b"}]}}"#, ["/spec/containers/0/image": "b"]),
        Case(#"{"spec":{"containers":[{"image":"a","im\u0061ge":"b"}]}}"#, ["/spec/containers/0/image": "b"]),
        Case(#"{"spec":{"containers":[{"image":"a","image":"b","image":"a"}]}}"#, ["/spec/containers/0/image": "a"]),
        Case(#"{"spec":{"containers":[{"image":"a","image":null}]}}"#, [:]),
        Case(#"{"spec":{"containers":[{"image":"a","image":{"image":"b"}}]}}"#, [:]),
        Case(#"{"spec":{"containers":[{"image":1,"image":"b"}]}}"#, ["/spec/containers/0/image": "b"]),
        Case(
            #"{"spec":{"volumes":[{"image":{"reference":"a","reference":"b"}}]}}"#,
            ["/spec/volumes/0/image/reference": "b"]),
        Case(#"{"spec":{"volumes":[{"image":{"reference":"a","reference":1}}]}}"#, [:]),
        Case(#"{"spec":{"volumes":[{"image":{"reference":"a"},"image":{}}]}}"#, [:]),
        Case(#"{"spec":{"volumes":[{"image":{"reference":"a"},"image":null}]}}"#, [:]),
        Case(
            #"{"spec":{"volumes":[{"image":{},"image":{"reference":"b"}}]}}"#, ["/spec/volumes/0/image/reference": "b"]),
        // the label, and what holds it
        Case(label(#""labels":{"L":"disabled","L":"x"}"#), ["/spec/containers/0/image": "a"]),
        Case(label(#""labels":{"L":"x","L":"disabled"}"#), [:]),
        Case(label(#""labels":{"L":"disabled","L":null}"#), ["/spec/containers/0/image": "a"]),
        Case(label(#""labels":{"L":"disabled"},"labels":{}"#), ["/spec/containers/0/image": "a"]),
        Case(label(#""labels":{"L":"disabled"},"labels":null"#), ["/spec/containers/0/image": "a"]),
        Case(label(#""labels":{},"labels":{"L":"disabled"}"#), [:]),
        Case(label(#""labels":{"L":"disabled"}},"metadata":{"#), ["/spec/containers/0/image": "a"]),
        Case(label(#""labels":{"L":"disabled"}},"metadata":null,"x":{"#), ["/spec/containers/0/image": "a"]),
        Case(label(#"},"metadata":{"labels":{"L":"disabled"}"#), [:]),
        Case(label(#""annotations":{"A":""},"annotations":{}"#), ["/spec/containers/0/image": "a"]),
        Case(label(#""annotations":{"A":""},"annotations":1"#), ["/spec/containers/0/image": "a"]),
        Case(label(#""annotations":{},"annotations":{"A":""}"#), [:]),
        Case(label(#""annotations":{"A":""}},"metadata":{"#), ["/spec/containers/0/image": "a"]),
    ]

    private static func label(_ metadata: String) -> String {
        #"{"metadata":{\#(metadata)},"spec":{"containers":[{"image":"a"}]}}"#
            .replacing("\"L\"", with: "\"k8s.twr.io/imageswap\"")
            .replacing("\"A\"", with: "\"kubernetes.io/config.mirror\"")
    }

    @Test(arguments: inPods)
    func theLastOneInAPodCounts(row: Case) throws {
        #expect(try Answer(to: review(object: row.object)).patch() == row.patch)
    }

    static let template = #"{"spec":{"containers":[{"image":"a"}]}}"#
    static let disabled =
        #"{"metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"}},"spec":{"containers":[{"image":"a"}]}}"#

    static let inWorkloads: [Case] = [
        Case(#"{"spec":{"template":\#(template),"template":{}}}"#, [:]),
        Case(#"{"spec":{"template":\#(template),"template":null}}"#, [:]),
        Case(#"{"spec":{"template":\#(template)},"spec":{}}"#, [:]),
        Case(#"{"spec":{"template":{},"template":\#(template)}}"#, ["/spec/template/spec/containers/0/image": "a"]),
        Case(#"{"spec":{"template":{"spec":{"containers":[{"image":"b"}]},"spec":{}}}}"#, [:]),
        Case(
            #"{"spec":{"template":\#(disabled),"template":\#(template)}}"#,
            ["/spec/template/spec/containers/0/image": "a"]),
        Case(
            #"{"spec":{"template":\#(disabled)},"spec":{"template":\#(template)}}"#,
            ["/spec/template/spec/containers/0/image": "a"]),
        Case(#"{"spec":{"template":\#(template),"template":\#(disabled)}}"#, [:]),
        Case(
            #"{"spec":{"template":{"metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"}},"metadata":{},"spec":{"containers":[{"image":"a"}]}}}}"#,
            ["/spec/template/spec/containers/0/image": "a"]),
        Case(
            #"{"spec":{"template":{"metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"},"labels":1},"spec":{"containers":[{"image":"a"}]}}}}"#,
            ["/spec/template/spec/containers/0/image": "a"]),
        // a second spec leaves the object's own template alone
        Case(#"{"spec":{"template":\#(template)},"template":{}}"#, ["/spec/template/spec/containers/0/image": "a"]),
    ]

    @Test(arguments: inWorkloads)
    func theLastOneInAWorkloadCounts(row: Case) throws {
        #expect(try Answer(to: review(kind: "Deployment", object: row.object)).patch() == row.patch)
    }

    @Test(arguments: [
        ("Deployment", #"{"spec":{"template":\#(disabled)},"spec":{}}"#),
        ("Deployment", #"{"spec":{"template":\#(disabled),"template":{}}}"#),
        ("CronJob", #"{"spec":{"jobTemplate":{"spec":{"template":\#(disabled)}}},"spec":null}"#),
        ("CronJob", #"{"spec":{"jobTemplate":{"spec":{"template":\#(disabled)}},"jobTemplate":1}}"#),
        ("CronJob", #"{"spec":{"jobTemplate":{"spec":{"template":\#(disabled)},"spec":[]}}}"#),
        ("PodTemplate", #"{"template":\#(disabled),"template":null}"#),
    ])
    func aForgottenTemplatesLabelIsForgottenToo(kind: String, object: String) throws {
        #expect(try Answer(to: review(kind: kind, object: object)).outcome == .notApplicable)
    }

    static let cronJobPath = "/spec/jobTemplate/spec/template/spec/containers/0/image"

    @Test(arguments: [
        Case(#"{"spec":{"jobTemplate":{"spec":{"template":\#(template)}}}}"#, [cronJobPath: "a"]),
        Case(#"{"spec":{"jobTemplate":{"spec":{"template":\#(template)}},"jobTemplate":{}}}"#, [:]),
        Case(#"{"spec":{"jobTemplate":{"spec":{"template":\#(template)},"spec":null}}}"#, [:]),
        Case(#"{"spec":{"jobTemplate":{"spec":{"template":\#(template),"template":1}}}}"#, [:]),
        Case(#"{"spec":{"jobTemplate":{"spec":{"template":\#(template)}}},"spec":{}}"#, [:]),
        Case(
            #"{"spec":{"jobTemplate":{"spec":{"template":\#(disabled)}},"jobTemplate":{"spec":{"template":\#(template)}}}}"#,
            [cronJobPath: "a"]),
        Case(
            #"{"spec":{"jobTemplate":{"spec":{"template":\#(disabled)},"spec":{"template":\#(template)}}}}"#,
            [cronJobPath: "a"]),
        Case(
            #"{"spec":{"jobTemplate":{"spec":{"template":\#(disabled)}}},"spec":{"jobTemplate":{"spec":{"template":\#(template)}}}}"#,
            [cronJobPath: "a"]),
        Case(
            #"{"spec":{"jobTemplate":{"spec":{"template":\#(template)}},"template":\#(disabled)}}"#, [cronJobPath: "a"]),
    ])
    func theLastOneInACronJobCounts(row: Case) throws {
        #expect(try Answer(to: review(kind: "CronJob", object: row.object)).patch() == row.patch)
    }

    @Test func theLastOneInAPodTemplateCounts() throws {
        let path = "/template/spec/containers/0/image"
        func patch(_ object: String) throws -> [String: String] {
            try Answer(to: review(kind: "PodTemplate", object: object)).patch()
        }
        #expect(try patch(#"{"template":\#(Self.disabled),"template":\#(Self.template)}"#) == [path: "m.example.com/a"])
        #expect(try patch(#"{"template":\#(Self.template),"template":null}"#).isEmpty)
        #expect(try patch(#"{"template":\#(Self.template),"template":\#(Self.disabled)}"#).isEmpty)
        // a spec is none of a pod template's business, before or behind it
        #expect(try patch(#"{"template":\#(Self.disabled),"spec":{}}"#).isEmpty)
        #expect(try patch(#"{"template":\#(Self.template),"spec":{"template":{}}}"#) == [path: "m.example.com/a"])
    }

    struct Body: CustomTestStringConvertible {
        let body: String
        let image: String?
        let uid: String

        init(_ request: String, _ image: String?, uid: String = "u") {
            body = #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",\#(request)}"#
            self.image = image
            self.uid = uid
        }

        var testDescription: String { body }
    }

    static let a = PodSpecPlace.pod.object(spec: #"{"containers":[{"name":"n","image":"a"}]}"#)
    static let b = PodSpecPlace.pod.object(spec: #"{"containers":[{"name":"n","image":"b"}]}"#)
    static let pod = #""kind":{"kind":"Pod"}"#

    @Test(arguments: [
        Body(#""request":{"uid":"u",\#(pod),"object":\#(a),"object":\#(b)}"#, "b"),
        Body(#""request":{"uid":"u",\#(pod),"object":\#(a),"object":null}"#, nil),
        Body(#""request":{"uid":"u",\#(pod),"object":\#(a),"obj\u0065ct":{}}"#, nil),
        Body(#""request":{"uid":"u",\#(pod),"object":null,"object":\#(b)}"#, "b"),
        Body(#""request":{"uid":"v",\#(pod),"object":\#(a)},"request":{"uid":"u",\#(pod),"object":\#(b)}"#, "b"),
        Body(#""request":{"uid":"v",\#(pod),"object":\#(a)},"request":{"uid":"u",\#(pod)}"#, nil),
        Body(#""request":{"uid":"v",\#(pod),"object":\#(a)},"request":{"uid":"u","object":\#(a)}"#, nil),
        Body(#""request":1,"request":{"uid":"u",\#(pod),"object":\#(b)}"#, "b"),
        Body(#""request":{"uid":"v","uid":"w",\#(pod),"object":\#(a)}"#, "a", uid: "w"),
        Body(#""request":{"uid":null,"uid":"w",\#(pod),"object":\#(a)}"#, "a", uid: "w"),
        Body(#""request":{"uid":"u","kind":{"kind":"Job"},\#(pod),"object":\#(a)}"#, "a"),
        Body(#""request":{"uid":"u",\#(pod),"kind":{"kind":"Job"},"object":\#(a)}"#, nil),
        Body(#""request":{"uid":"u",\#(pod),"kind":null,"object":\#(a)}"#, nil),
        Body(#""request":{"uid":"u","kind":{"kind":"Job","kind":"Pod"},"object":\#(a)}"#, "a"),
        Body(#""request":{"uid":"u","kind":{"kind":"Pod","kind":1},"object":\#(a)}"#, nil),
        Body(#""request":{"uid":"u",\#(pod),"operation":"DELETE","operation":"CREATE","object":\#(a)}"#, "a"),
        Body(#""request":{"uid":"u",\#(pod),"operation":"CREATE","operation":"DELETE","object":\#(a)}"#, nil),
        Body(
            #""request":{"uid":"u",\#(pod),"operation":"UPDATE","object":\#(a),"oldObject":\#(a),"oldObject":\#(b)}"#,
            "a"),
        Body(
            #""request":{"uid":"u",\#(pod),"operation":"UPDATE","object":\#(a),"oldObject":\#(b),"oldObject":\#(a)}"#,
            nil),
        Body(
            #""request":{"uid":"u",\#(pod),"operation":"UPDATE","object":\#(a),"oldObject":\#(a),"oldObject":null}"#,
            "a"),
        Body(
            #""request":{"uid":"v",\#(pod),"operation":"UPDATE","oldObject":\#(a)},"request":{"uid":"u",\#(pod),"operation":"UPDATE","object":\#(a)}"#,
            "a"),
        Body(#""kind":"x","kind":"AdmissionReview","request":{"uid":"u",\#(pod),"object":\#(a)}"#, "a"),
        Body(#""apiVersion":"x","apiVersion":"admission.k8s.io/v1","request":{"uid":"u",\#(pod),"object":\#(a)}"#, "a"),
    ])
    func theLastOneInARequestCounts(row: Body) throws {
        let answer = try Answer(to: row.body)
        #expect(try answer.patch() == (row.image.map { ["/spec/containers/0/image": "m.example.com/" + $0] } ?? [:]))
        #expect(answer.response["uid"] as? String == row.uid)
    }

    @Test(arguments: [
        (#""request":{"uid":"u"},"request":null"#, ReviewError.Problem.noRequest),
        (#""request":{"uid":"u"},"request":[]"#, .noRequest),
        (#""request":{"uid":"u"},"r\u0065quest":"x""#, .noRequest),
        (#""request":{"uid":"u"},"request":{}"#, .noUID),
        (#""request":{"uid":"u","uid":null}"#, .noUID),
        (#""request":{"uid":"u","uid":"","x":1}"#, .noUID),
        (#""request":{"uid":"u","uid":{"uid":"u"}}"#, .noUID),
        (#""request":{"uid":"u"},"kind":"x""#, .notAnAdmissionReview),
        (#""request":{"uid":"u"},"kind":null"#, .notAnAdmissionReview),
        (#""request":{"uid":"u"},"apiVersion":"x""#, .version),
        (#""request":{"uid":"u"},"apiVersion":null"#, .version),
        (#""request":{"uid":"u"},"apiVersi\u006fn":1"#, .version),
    ])
    func theLastOneCountsInWhatMustBeThereToo(members: String, expected: ReviewError.Problem) {
        let body = #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",\#(members)}"#
        #expect(problem(ofReview: Array(body.utf8))?.problem == expected)
    }
}
