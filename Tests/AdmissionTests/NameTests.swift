// Members are told by their names to the letter, wherever they stand in the document.

import Admission
import ImageSwap
import Testing

struct NameTests {
    /// A body in which each name that is looked for changes something, and none stands twice.
    struct Case: CustomTestStringConvertible {
        let names: [String]
        let body: String

        init(_ body: String, _ names: String...) {
            self.names = names
            self.body = body
        }

        var testDescription: String { names.joined(separator: " ") }
    }

    private static func body(_ kind: String, _ object: String, _ rest: String = "") -> String {
        #"""
        {"apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"kind":"\#(kind)"},"object":\#(object)\#(rest)}
        ,"kind":"AdmissionReview"}
        """#
    }

    static let cases = [
        Case(
            body("Job", #"{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}"#), "containers", "image",
            "template"),
        Case(
            body("Pod", #"{"spec":{"initContainers":[{"image":"x"}]}}"#), "spec", "initContainers", "request", "object",
            "uid"),
        Case(
            body(
                "Pod",
                #"{"spec":{"imagePullSecrets":[{"name":"s"}],"containers":[{"image":"x"}]}}"#,
                #","operation":"CREATE""#),
            "imagePullSecrets"),
        Case(body("Pod", #"{"spec":{"ephemeralContainers":[{"image":"x"}]}}"#), "ephemeralContainers", "apiVersion"),
        Case(body("Pod", #"{"spec":{"volumes":[{"image":{"reference":"x"}}]}}"#), "volumes", "image", "reference"),
        Case(
            body("CronJob", #"{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}}}"#),
            "jobTemplate"),
        Case(
            body(
                "Pod",
                #"{"metadata":{"labels":{"k8s.twr.io/imageswap":"disabled"}},"spec":{"containers":[{"image":"x"}]}}"#),
            "metadata", "labels", "k8s.twr.io/imageswap"),
        Case(
            body(
                "Pod",
                #"{"metadata":{"annotations":{"kubernetes.io/config.mirror":""}},"spec":{"containers":[{"image":"x"}]}}"#
            ),
            "annotations", "kubernetes.io/config.mirror"),
        Case(body("Pod", #"{"spec":{"containers":[{"image":"x"}]}}"#, #","operation":"DELETE""#), "operation"),
        Case(
            body(
                "Pod", #"{"spec":{"containers":[{"name":"a","image":"x"}]}}"#,
                #","operation":"UPDATE","oldObject":{"spec":{"containers":[{"name":"a","image":"x"}]}}"#), "oldObject"),
        Case(
            body("Pod", "{}", #","namespace":"n","subResource":"s","dryRun":true"#), "namespace", "subResource",
            "dryRun"),
        Case(body("Pod", #"{"metadata":{"generateName":"g"}}"#), "generateName"),
        Case(body("Pod", #"{"metadata":{"name":"n"}}"#), "name"),
    ]

    /// All that a reviewer says about a body.
    private static func outcome(_ body: String) -> String {
        var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
        return ReviewerReuseTests.outcome(
            &reviewer, Array(body.utf8),
            SwapPolicy.maps(Rules(MapFile("default::m.example.com\n[PULL_SECRET]m.example.com::s"))))
    }

    @Test(arguments: cases)
    func aNameWithAnotherByteIsUnknown(row: Case) {
        for name in row.names {
            let quoted = "\"\(name)\":"
            func body(with other: String) -> String { row.body.replacing(quoted, with: other + ":") }
            let expected = Self.outcome(body(with: #""nobody""#))
            #expect(Self.outcome(row.body) != expected, "\(name) changes nothing")
            // Escapes change nothing but the bytes.
            let escaped = name.unicodeScalars.map { "\\u00" + String($0.value, radix: 16) }.joined()
            #expect(Self.outcome(body(with: "\"\(escaped)\"")) == Self.outcome(row.body), "\(escaped)")
            var others = [
                name + "\\u0000", "\\u0000" + name, name + " ", String(name.dropLast()), String(name.dropFirst()),
            ]
            for index in name.utf8.indices.map({ name.utf8.distance(from: name.startIndex, to: $0) }) {
                var bytes = Array(name.utf8)
                // Of 0x20 the digits and signs would become control characters.
                for bit in [1, 2, 0x20] as [UInt8] where bit < 0x20 || bytes[index] >= 0x40 {
                    bytes[index] ^= bit
                    others.append(String(decoding: bytes, as: UTF8.self))
                    bytes[index] ^= bit
                }
            }
            for other in others {
                #expect(Self.outcome(body(with: "\"\(other)\"")) == expected, "\(other) is taken for \(name)")
            }
        }
    }

    /// A name near the document's end is read in another way, since it is told by words of eight bytes.
    @Test(arguments: [#""uid""#, #""\u0075id""#], 0..<30)
    func theLastNameOfADocumentIsToldTheSameWay(name: String, padding: Int) throws {
        let body = #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{\#(name):"u"}}"#
        let spaces = String(repeating: " ", count: padding)
        #expect(try Answer(to: body + spaces).response["uid"] as? String == "u")
        let other = body.replacing(name + ":", with: #""uie":"#)
        #expect(problem(ofReview: Array((other + spaces).utf8))?.problem == .noUID)
        let longer = body.replacing(name + ":", with: #""uid\u0000":"#)
        #expect(problem(ofReview: Array((longer + spaces).utf8))?.problem == .noUID)
    }
}
