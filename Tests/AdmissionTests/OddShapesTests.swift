// Objects that are not as the API server would send them: nothing crashes, and what can be swapped is.

import Admission
import Testing

struct OddShapesTests {
    struct Case: CustomTestStringConvertible {
        let spec: String
        let patch: [String: String]

        /// - Parameter paths: below the pod spec; each image there is "x".
        init(_ spec: String, _ paths: String...) {
            self.spec = spec
            patch = Dictionary(uniqueKeysWithValues: paths.map { ("/spec" + $0, "m.example.com/x") })
        }

        var testDescription: String { spec }
    }

    static let swapped: [Case] = [
        // an element that is no object counts as one of the list
        Case(#"{"containers":[null,{"image":"x"}]}"#, "/containers/1/image"),
        Case(#"{"containers":[1,"x",[{"image":"y"}],true,{"image":"x"}]}"#, "/containers/4/image"),
        Case(#"{"containers":[{},{"name":"a"},{"image":null},{"image":"x"}]}"#, "/containers/3/image"),
        Case(#"{"volumes":[{"image":{}},null,{"image":{"reference":"x"}}]}"#, "/volumes/2/image/reference"),
        Case(#"{"containers":[{"image":"x"},{"image":"x"}]}"#, "/containers/0/image", "/containers/1/image"),
        // one list's shape is none of another's business
        Case(#"{"containers":null,"initContainers":[{"image":"x"}]}"#, "/initContainers/0/image"),
        Case(#"{"containers":{"image":"y"},"ephemeralContainers":[{"image":"x"}]}"#, "/ephemeralContainers/0/image"),
        Case(#"{"volumes":"y","containers":[{"image":"x"}]}"#, "/containers/0/image"),
        // what lies deeper in a container is not looked at
        Case(
            #"{"containers":[{"env":[{"image":"y"}],"containers":[{"image":"y"}],"image":"x"}]}"#, "/containers/0/image"
        ),
        Case(#"{"affinity":{"containers":[{"image":"y"}]},"containers":[{"image":"x"}]}"#, "/containers/0/image"),
        // white space and escapes
        Case("{ \"containers\" :\n[\t{ \"image\" : \"x\" } ] }", "/containers/0/image"),
        Case(#"{"c\u006fntainers":[{"im\u0061ge":"\u0078"}]}"#, "/containers/0/image"),
        Case(#"{"\u0076olumes":[{"\u0069mage":{"referenc\u0065":"\u0078"}}]}"#, "/volumes/0/image/reference"),
    ]

    static let left: [Case] = [
        Case("null"), Case("1"), Case(#""x""#), Case("[]"), Case("true"), Case("{}"),
        Case(#"[{"containers":[{"image":"y"}]}]"#),
        Case(#"{"containers":null}"#),
        Case(#"{"containers":[]}"#),
        Case(#"{"containers":[[]]}"#),
        Case(#"{"containers":"y"}"#),
        Case(#"{"containers":{"0":{"image":"y"}}}"#),
        Case(#"{"containers":[{"image":null}]}"#),
        Case(#"{"containers":[{"image":1}]}"#),
        Case(#"{"containers":[{"image":["y"]}]}"#),
        Case(#"{"containers":[{"image":{"reference":"y"}}]}"#),
        Case(#"{"containers":[{"images":"y"}]}"#),
        Case(#"{"containers":[{"Image":"y"}]}"#),
        Case(#"{"containers":[{"image ":"y"}]}"#),
        Case(#"{"containers":[{"image\u0000":"y"}]}"#),
        Case(#"{"containers":[{"imag":"y","e":"y"}]}"#),
        Case(#"{"containers":[{"":"y"}]}"#),
        Case(#"{"Containers":[{"image":"y"}]}"#),
        Case(#"{"container":[{"image":"y"}]}"#),
        Case(#"{"containers ":[{"image":"y"}]}"#),
        Case(#"{"ephemeralcontainers":[{"image":"y"}]}"#),
        Case(#"{"ephemeralContainersWithMore":[{"image":"y"}]}"#),
        Case(#"{"ephemeralContainer\u0000":[{"image":"y"}]}"#),
        Case(#"{"volumes":[{"image":"y"}]}"#),
        Case(#"{"volumes":[{"reference":"y"}]}"#),
        Case(#"{"volumes":[{"image":{"reference":null}}]}"#),
        Case(#"{"volumes":[{"image":{"reference":{"reference":"y"}}}]}"#),
        Case(#"{"volumes":[{"image":[{"reference":"y"}]}]}"#),
        Case(#"{"volumes":[{"configMap":{"name":"y"}}]}"#),
    ]

    @Test(arguments: swapped + left)
    func whatIsAnImageFieldIsSwapped(row: Case) throws {
        let answer = try Answer(to: review(object: PodSpecPlace.pod.object(spec: row.spec)))
        #expect(try answer.patch() == row.patch)
        #expect(answer.outcome == (row.patch.isEmpty ? .notApplicable : .patched))
        #expect(answer.response["allowed"] as? Bool == true)
    }

    /// Images that no kubelet takes are left to the API server; none of their bytes comes into the answer.
    @Test(arguments: [
        "", " ", "X", "x y", "x\\n", "\\u0000", "x\\\"", "\\\\", "é", "x:", "x@sha256:0", "\\ud83d\\ude00",
        "https://x/y",
    ])
    func anInvalidImageStays(image: String) throws {
        let answer = try Answer(
            to: review(object: PodSpecPlace.pod.object(spec: #"{"containers":[{"image":"\#(image)"}]}"#)))
        #expect(answer.outcome == .unchanged)
        #expect(try answer.operations().isEmpty)
    }

    @Test(
        arguments: [
            "null", "1", "[]", #""x""#, "false", "{}", #"{"spec":null}"#, #"{"spec":[{"containers":[{"image":"x"}]}]}"#,
            #"{"metadata":null,"spec":{"template":null}}"#, #"{"template":{"spec":{"containers":1}}}"#,
            #"{"spec":{"template":[{"spec":{"containers":[{"image":"x"}]}}]}}"#, #"{"spec":{"jobTemplate":null}}"#,
            #"{"spec":{"jobTemplate":{"spec":{"template":"x"}}}}"#,
            #"{"spec":{"jobTemplate":{"template":{"spec":{}}}}}"#,
            #"{"metadata":[],"spec":{"template":{"metadata":1,"spec":2}}}"#,
            #"{"metadata":{"labels":[],"annotations":"x"}}"#,
        ], PodSpecPlace.allCases)
    func anObjectWithoutAPodSpecIsAllowed(object: String, place: PodSpecPlace) throws {
        for operation in ["CREATE", "UPDATE"] {
            let answer = try Answer(to: review(kind: place.kind, operation: operation, object: object, old: object))
            #expect(answer.outcome == .notApplicable)
            #expect(try answer.operations().isEmpty)
            #expect(answer.response["allowed"] as? Bool == true)
        }
    }

    /// Metadata of any shape keeps nothing from being swapped.
    @Test(arguments: [
        "null", "1", "[]", #""x""#, #"{"labels":null}"#, #"{"labels":["k8s.twr.io/imageswap"]}"#, #"{"annotations":1}"#,
    ])
    func metadataMayHaveAnyShape(metadata: String) throws {
        for place in PodSpecPlace.allCases {
            let object = place.object(
                spec: #"{"containers":[{"image":"x"}]}"#, metadata: metadata, templateMetadata: metadata)
            #expect(try Answer(to: review(kind: place.kind, object: object)).outcome == .patched)
        }
    }
}
