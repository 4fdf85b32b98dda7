// Which bodies get an answer at all, and what stands in it beside the patch.

import Admission
import Foundation
import ImageSwap
import Testing

struct ReviewErrorTests {
    struct Case: CustomTestStringConvertible {
        let body: String
        let problem: ReviewError.Problem?

        init(_ body: String, _ problem: ReviewError.Problem? = nil) {
            self.body = body
            self.problem = problem
        }

        var testDescription: String { body }
    }

    static let v1 = #""apiVersion":"admission.k8s.io/v1""#
    static let kind = #""kind":"AdmissionReview""#
    static let request = #""request":{"uid":"u"}"#

    static let answered: [Case] = [
        Case("{\(v1),\(kind),\(request)}"),
        Case("{\(request),\(kind),\(v1)}"),
        Case("\n{ \(v1) , \(kind) ,\t\(request) }\r\n"),
        Case(#"{"apiVersion":"admission.k8s.io/v1beta1",\#(kind),\#(request)}"#),
        Case(#"{"apiVersion":"admission.k8s.io\/v1","kind":"Admission\u0052eview",\#(request)}"#),
        Case(#"{"x":[{"kind":1}],\#(v1),"response":{"uid":1},\#(kind),\#(request),"y":null}"#),
        Case(#"{\#(v1),\#(kind),"request":{"x":{},"uid":"u","object":null,"options":{"uid":1}}}"#),
    ]

    static let refused: [Case] = [
        // no object
        Case("null", .notAnObject), Case("[]", .notAnObject), Case("1", .notAnObject), Case(#""x""#, .notAnObject),
        Case("[{\(v1),\(kind),\(request)}]", .notAnObject),
        // another one
        Case("{}", .notAnAdmissionReview),
        Case("{\(v1),\(request)}", .notAnAdmissionReview),
        Case(#"{\#(v1),"kind":"Pod",\#(request)}"#, .notAnAdmissionReview),
        Case(#"{\#(v1),"kind":"admissionreview",\#(request)}"#, .notAnAdmissionReview),
        Case(#"{\#(v1),"kind":"AdmissionReviews",\#(request)}"#, .notAnAdmissionReview),
        Case(#"{\#(v1),"kind":["AdmissionReview"],\#(request)}"#, .notAnAdmissionReview),
        Case(#"{\#(v1),"kind":null,\#(request)}"#, .notAnAdmissionReview),
        Case(#"{\#(v1),"Kind":"AdmissionReview",\#(request)}"#, .notAnAdmissionReview),
        // another version
        Case("{\(kind),\(request)}", .version),
        Case(#"{"apiVersion":"admission.k8s.io/v2",\#(kind),\#(request)}"#, .version),
        Case(#"{"apiVersion":"admission.k8s.io/v1alpha1",\#(kind),\#(request)}"#, .version),
        Case(#"{"apiVersion":"admission.k8s.io/v1 ",\#(kind),\#(request)}"#, .version),
        Case(#"{"apiVersion":"Admission.k8s.io/v1",\#(kind),\#(request)}"#, .version),
        Case(#"{"apiVersion":"v1",\#(kind),\#(request)}"#, .version),
        Case(#"{"apiVersion":"",\#(kind),\#(request)}"#, .version),
        Case(#"{"apiVersion":1,\#(kind),\#(request)}"#, .version),
        Case(#"{"apiversion":"admission.k8s.io/v1",\#(kind),\#(request)}"#, .version),
        // no request
        Case("{\(v1),\(kind)}", .noRequest),
        Case(#"{\#(v1),\#(kind),"response":{"uid":"u"}}"#, .noRequest),
        Case(#"{\#(v1),\#(kind),"request":null}"#, .noRequest),
        Case(#"{\#(v1),\#(kind),"request":[{"uid":"u"}]}"#, .noRequest),
        Case(#"{\#(v1),\#(kind),"request":"u"}"#, .noRequest),
        Case(#"{\#(v1),\#(kind),"Request":{"uid":"u"}}"#, .noRequest),
        // no uid
        Case(#"{\#(v1),\#(kind),"request":{}}"#, .noUID),
        Case(#"{\#(v1),\#(kind),"request":{"uid":""}}"#, .noUID),
        Case(#"{\#(v1),\#(kind),"request":{"uid":null}}"#, .noUID),
        Case(#"{\#(v1),\#(kind),"request":{"uid":1}}"#, .noUID),
        Case(#"{\#(v1),\#(kind),"request":{"uid":["u"]}}"#, .noUID),
        Case(#"{\#(v1),\#(kind),"request":{"UID":"u"}}"#, .noUID),
        Case(#"{\#(v1),\#(kind),"uid":"u","request":{"x":{"uid":"u"}}}"#, .noUID),
    ]

    @Test(arguments: answered + refused)
    func aBodyIsAnsweredIfItIsAReview(row: Case) throws {
        let error = problem(ofReview: Array(row.body.utf8))
        #expect(error?.problem == row.problem)
        guard row.problem == nil else {
            #expect(error?.offset == 0)
            return
        }
        let answer = try Answer(to: row.body)
        #expect(answer.outcome == .notApplicable)
        #expect(answer.response["allowed"] as? Bool == true)
    }

    @Test func tenThousandImagesAreTheMostThatAnObjectMayHave() throws {
        func body(_ containers: Int, _ volumes: Int) -> String {
            let containers = Array(repeating: #"{"image":"x"}"#, count: containers).joined(separator: ",")
            let volumes = Array(repeating: #"{"image":{"reference":"x"}}"#, count: volumes).joined(separator: ",")
            return review(
                object: PodSpecPlace.pod.object(spec: #"{"containers":[\#(containers)],"volumes":[\#(volumes)]}"#))
        }
        for (containers, volumes) in [(10_000, 0), (9_999, 1)] {
            #expect(problem(ofReview: Array(body(containers, volumes).utf8)) == nil)
        }
        for (containers, volumes) in [(10_001, 0), (9_999, 2)] {
            let error = problem(ofReview: Array(body(containers, volumes).utf8))
            #expect(error?.problem == .tooManyImages)
            #expect(error?.description.hasPrefix("the object has more than 10000 images (byte ") == true)
        }
    }

    @Test(arguments: [
        "705ab4f5-6393-11e8-b7cc-42010a800002", "u", " ", "é", "\u{1f600}", "\u{7f}", repeated("u", 10_000), "\\\"",
        "\\\\",
        "\\/", "\\n", "\\u0000", "\\u0022", "\\u00e9", "\\ud83d\\ude00", "a\\\"b\\\\c\\u0041", "\\\"},\\\"x\\\":{\\\"",
    ])
    func theUIDComesBackMeaningTheSame(uid: String) throws {
        let body = #"{\#(Self.v1),\#(Self.kind),"request":{"uid":"\#(uid)","object":{}}}"#
        let answer = try Answer(to: body)
        let sent = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        let request = sent["request"] as? [String: Any]
        #expect(answer.response["uid"] as? String == request?["uid"] as? String)
        #expect(Set(answer.json.keys) == ["apiVersion", "kind", "response"])
        #expect(Set(answer.response.keys) == ["uid", "allowed"])
    }

    @Test(arguments: ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"])
    func theAnswersVersionIsTheRequests(version: String) throws {
        for object in ["{}", PodSpecPlace.pod.object(spec: #"{"containers":[{"image":"x"}]}"#)] {
            let body = review(object: object).replacing("admission.k8s.io/v1", with: version)
            let answer = try Answer(to: body)
            #expect(answer.json["apiVersion"] as? String == version)
            #expect(answer.json["kind"] as? String == "AdmissionReview")
        }
    }

    @Test(arguments: [
        ("CREATE", Reviewer.Outcome.patched), ("UPDATE", .patched), ("", .patched), ("create", .patched),
        ("PATCH", .patched),
        ("DELETED", .patched), ("DELETE", .notApplicable), ("CONNECT", .notApplicable),
        ("DEL\\u0045TE", .notApplicable),
    ])
    func deletionsAndConnectionsAreNeverPatched(operation: String, outcome: Reviewer.Outcome) throws {
        let object = PodSpecPlace.pod.object(spec: #"{"containers":[{"image":"x"}]}"#)
        #expect(try Answer(to: review(operation: operation, object: object)).outcome == outcome)
        for other in ["null", "1", #""x""#, "[\(object)]", "true"] {
            let answer = try Answer(to: review(operation: operation, object: other, old: object))
            #expect(answer.outcome == .notApplicable)
            #expect(try answer.operations().isEmpty)
        }
        #expect(try Answer(to: review(operation: operation, old: object)).outcome == .notApplicable)
    }

    @Test func theReviewTellsWhatItWasAbout() throws {
        var reviewer = Reviewer(disableLabel: "x")
        let object = PodSpecPlace.pod.object(spec: "{}", metadata: #"{"generateName":"p-","namespace":"no"}"#)
        func text(_ range: TextRange) -> String { String(decoding: reviewer.review.texts[range.range], as: UTF8.self) }
        func read(_ body: String) throws { _ = try reviewer.review(Array(body.utf8).span, under: .legacy(prefix: [])) }
        try read(review(object: object, extra: #""namespace":"n\u0073","subResource":"s","dryRun":true"#))
        #expect(reviewer.review.version == .v1 && reviewer.review.operation == .create && reviewer.review.isDryRun)
        #expect(
            text(reviewer.review.uid) == "u" && text(reviewer.review.kind) == "Pod"
                && text(reviewer.review.name) == "p-")
        #expect(text(reviewer.review.namespace) == "ns" && text(reviewer.review.subresource) == "s")
        #expect(text(reviewer.review.operationName) == "CREATE")
        try read(review(operation: "X", object: object, extra: #""name":"p-1","dryRun":false"#))
        #expect(text(reviewer.review.name) == "p-1" && !reviewer.review.isDryRun && reviewer.review.operation == .other)
        #expect(text(reviewer.review.namespace) == "" && text(reviewer.review.subresource) == "")
        try read(review(object: #"{"metadata":{"name":"q","generateName":"q-"}}"#, extra: #""dryRun":"true""#))
        #expect(text(reviewer.review.name) == "q" && !reviewer.review.isDryRun)
    }

    @Test func anErrorSaysWhereInOneLineWithoutTheBodysBytes() {
        let error = problem(ofReview: Array(#"{"secret":tru}"#.utf8))
        #expect(error?.description == "not JSON: only true, false and null are written without quotes (byte 10)")
    }
}
