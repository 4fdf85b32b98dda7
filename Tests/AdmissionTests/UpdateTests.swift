// An UPDATE swaps only the images that the update itself sets.

import Admission
import Testing

struct UpdateTests {
    struct Case: CustomTestStringConvertible {
        let old: String
        let new: String
        /// Of the images that are swapped, below the pod spec.
        let paths: [String]

        init(_ old: String, _ new: String, swaps paths: String...) {
            self.old = old
            self.new = new
            self.paths = paths
        }

        var testDescription: String { "\(old) → \(new)" }
    }

    static let a = #"{"name":"a","image":"x"}"#
    static let b = #"{"name":"b","image":"y"}"#
    static let c = #"{"name":"c","image":"x"}"#

    static let staying: [Case] = [
        Case(#"{"containers":[\#(a)]}"#, #"{"containers":[\#(a)]}"#),
        Case(#"{"containers":[\#(a),\#(b)]}"#, #"{"containers":[\#(b),\#(a)]}"#),
        Case(#"{"containers":[\#(a),\#(b),\#(c)]}"#, #"{"containers":[\#(c)]}"#),
        Case(#"{"initContainers":[\#(a)],"containers":[\#(b)]}"#, #"{"containers":[\#(b)],"initContainers":[\#(a)]}"#),
        Case(#"{"ephemeralContainers":[\#(a)]}"#, #"{"ephemeralContainers":[\#(a)]}"#),
        Case(#"{"containers":[\#(a)]}"#, #"{"containers":[{"image":"x","env":[{"name":"z"}],"name":"a"}]}"#),
        Case(#"{"containers":[\#(a)]}"#, #"{"containers":[{"im\u0061ge":"\u0078","n\u0061me":"\u0061"}]}"#),
        Case(
            #"{"volumes":[{"name":"v","image":{"reference":"x"}}]}"#,
            #"{"volumes":[{"name":"u"},{"name":"v","image":{"reference":"x"}}]}"#),
        // two of a name: either's image stays
        Case(
            #"{"containers":[{"name":"a","image":"x"},{"name":"a","image":"y"}]}"#,
            #"{"containers":[{"name":"a","image":"y"},{"name":"a","image":"y"},{"name":"a","image":"x"}]}"#),
        // without a name they have the same one, none
        Case(#"{"containers":[{"image":"x"},{"image":"y"}]}"#, #"{"containers":[{"image":"y"},{"image":"x"}]}"#),
        Case(#"{"containers":[{"image":"x","name":null}]}"#, #"{"containers":[{"image":"x","name":1}]}"#),
        Case(#"{"containers":[{"image":"x"}]}"#, #"{"containers":[{"image":"x","name":""}]}"#),
    ]

    static let swapped: [Case] = [
        // another image, another name, another list
        Case(
            #"{"containers":[\#(a)]}"#, #"{"containers":[{"name":"a","image":"z"}]}"#, swaps: "/containers/0/image"),
        Case(
            #"{"containers":[\#(a)]}"#, #"{"containers":[{"name":"a","image":"x:latest"}]}"#,
            swaps: "/containers/0/image"),
        Case(
            #"{"containers":[\#(a)]}"#, #"{"containers":[{"name":"a","image":"docker.io/x"}]}"#,
            swaps: "/containers/0/image"),
        Case(#"{"containers":[\#(a)]}"#, #"{"containers":[\#(c)]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":[\#(a)]}"#, #"{"containers":[{"name":"A","image":"x"}]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":[\#(a)]}"#, #"{"containers":[{"image":"x"}]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":[{"image":"x"}]}"#, #"{"containers":[\#(a)]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":[\#(a)]}"#, #"{"initContainers":[\#(a)]}"#, swaps: "/initContainers/0/image"),
        Case(#"{"initContainers":[\#(a)]}"#, #"{"containers":[\#(a)]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":[\#(a)]}"#, #"{"ephemeralContainers":[\#(a)]}"#, swaps: "/ephemeralContainers/0/image"),
        Case(
            #"{"volumes":[{"name":"a","image":{"reference":"x"}}]}"#, #"{"containers":[\#(a)]}"#,
            swaps: "/containers/0/image"),
        Case(
            #"{"containers":[\#(a)]}"#, #"{"volumes":[{"name":"a","image":{"reference":"x"}}]}"#,
            swaps: "/volumes/0/image/reference"),
        // images changed round
        Case(
            #"{"containers":[\#(a),\#(b)]}"#, #"{"containers":[{"name":"a","image":"y"},{"name":"b","image":"x"}]}"#,
            swaps: "/containers/0/image", "/containers/1/image"),
        // a new one beside old ones, first or last
        Case(#"{"containers":[\#(a)]}"#, #"{"containers":[\#(a),\#(b)]}"#, swaps: "/containers/1/image"),
        Case(
            #"{"ephemeralContainers":[\#(a)]}"#, #"{"ephemeralContainers":[\#(b),\#(a)]}"#,
            swaps: "/ephemeralContainers/0/image"),
        Case(
            #"{"containers":[\#(a),\#(b)]}"#, #"{"containers":[\#(b),{"name":"d","image":"x"},\#(a)]}"#,
            swaps: "/containers/1/image"),
        // where name and image run into each other
        Case(
            #"{"containers":[{"name":"ab","image":"c"}]}"#, #"{"containers":[{"name":"a","image":"bc"}]}"#,
            swaps: "/containers/0/image"),
        // what was no image before
        Case("null", #"{"containers":[\#(a)]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":null}"#, #"{"containers":[\#(a)]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":[{"name":"a"}]}"#, #"{"containers":[\#(a)]}"#, swaps: "/containers/0/image"),
        Case(#"{"containers":[{"name":"a","image":1}]}"#, #"{"containers":[\#(a)]}"#, swaps: "/containers/0/image"),
        Case(
            #"{"containers":[\#(a)],"containers":[\#(b)]}"#, #"{"containers":[\#(a)]}"#, swaps: "/containers/0/image"),
    ]

    @Test(arguments: staying + swapped, PodSpecPlace.allCases)
    func onlyWhatTheUpdateSetsIsSwapped(row: Case, place: PodSpecPlace) throws {
        let new = place.object(spec: row.new)
        let old = place.object(spec: row.old)
        let answer = try Answer(to: review(kind: place.kind, operation: "UPDATE", object: new, old: old))
        #expect(try answer.patch().keys.sorted() == row.paths.map { place.pointer + $0 }.sorted())
        #expect(answer.outcome == (row.paths.isEmpty ? .unchanged : .patched))
        // The order of the two in the body is nobody's business.
        let body = """
            {"request":{"oldObject":\(old),"object":\(new),"operation":"UPDATE","kind":{"kind":"\(place.kind)"},"uid":"u"},
            "kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}
            """
        #expect(try Answer(to: body).patch() == answer.patch())
    }

    @Test(arguments: staying)
    func aCreationHasNothingFromBefore(row: Case) throws {
        let objects = [row.new, row.old].map { PodSpecPlace.pod.object(spec: $0) }
        for operation in ["CREATE", "update", ""] {
            let body = review(operation: operation, object: objects[0], old: objects[1])
            #expect(try Answer(to: body).outcome == .patched)
        }
    }

    /// The images of another place in the old object are not the same containers'.
    @Test func theOldImagesAreThoseOfTheKindsPodSpec() throws {
        let new = PodSpecPlace.workload.object(spec: #"{"containers":[\#(Self.a)]}"#)
        for place in PodSpecPlace.allCases {
            let old = place.object(spec: #"{"containers":[\#(Self.a)]}"#)
            let answer = try Answer(to: review(kind: "Deployment", operation: "UPDATE", object: new, old: old))
            #expect(answer.outcome == (place == .workload ? .unchanged : .patched))
        }
    }

    @Test(arguments: ["null", "{}", "[]", "1"])
    func withoutAnOldObjectAllIsNew(old: String) throws {
        let new = PodSpecPlace.pod.object(spec: #"{"containers":[\#(Self.a)]}"#)
        #expect(try Answer(to: review(operation: "UPDATE", object: new, old: old)).outcome == .patched)
        #expect(try Answer(to: review(operation: "UPDATE", object: new)).outcome == .patched)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func manyContainersInAnotherOrderAreFoundQuickly(areSame: Bool) throws {
        let count = 2000
        func containers(_ numbers: some Sequence<Int>, _ image: (Int) -> String) -> String {
            let elements = numbers.map { #"{"name":"c\#($0)","image":"\#(image($0))"}"# }
            return PodSpecPlace.pod.object(spec: #"{"containers":[\#(elements.joined(separator: ","))]}"#)
        }
        let old = containers(0..<count) { areSame ? "x" : "x\($0)" }
        // One in a hundred has another image now.
        let new = containers((0..<count).reversed()) { $0 % 100 == 0 ? "y" : areSame ? "x" : "x\($0)" }
        let patch = try Answer(to: review(operation: "UPDATE", object: new, old: old)).patch()
        let expected = (0..<count).filter { (count - 1 - $0) % 100 == 0 }.map { "/spec/containers/\($0)/image" }
        #expect(patch.keys.sorted() == expected.sorted())
    }
}
