import Admission
import Foundation
import ImageSwap
import Logging
import Logs
import Posix
import Responder
import TestSupport
import Testing

/// The line of a review.
struct LogReviewTests {
    /// What is logged of a pod with these images.
    private static func line(
        _ format: LogFormat, level: Logger.Level = .info, maps: String = "default::m.example.com\nquay.io::\n",
        name: String = "web", namespace: String = "shop", dryRun: Bool = false, presence: Presence? = nil,
        images: [String]
    ) throws -> String {
        let request: [String: Any] = [
            "uid": "u-1", "kind": ["kind": "Pod"], "operation": "CREATE", "name": name, "namespace": namespace,
            "dryRun": dryRun, "object": ["spec": ["containers": images.map { ["image": $0] }]],
        ]
        let body = try JSONSerialization.data(withJSONObject: [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request,
        ])
        var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
        let policy = SwapPolicy.maps(Rules(MapFile(maps)))
        try reviewer.read(Array(body).span)
        reviewer.decide(under: policy)
        if let presence { reviewer.settle(reviewer.questions.images.map { _ in presence }) }
        let outcome = try reviewer.answer(Array(body).span, under: policy)
        let pipe = try LogPipe()
        pipe.setNonBlocking()
        let sink = LogSink(pipe.output, format: format)
        var log = ReviewLog(sink: sink, level: level)
        log.write(outcome, reviewer, duration: .microseconds(1_234))
        pipe.closeWriter()
        return String(decoding: pipe.read(atMost: 1 << 17), as: UTF8.self)
    }

    @Test func textIsAsPeopleKnowIt() throws {
        let line = try Self.line(.text, dryRun: true, images: ["nginx", "quay.io/a:1", "a b"])
        let expected =
            #" INFO review patched uid=u-1 operation=CREATE kind=Pod namespace=shop name=web dry_run=true"#
            + #" duration_us=1234 /spec/containers/0/image="nginx -> m.example.com/nginx (default, line 1)""#
            + #" /spec/containers/1/image="quay.io/a:1 (map-noswap, line 2)""#
            + #" /spec/containers/2/image="a b (invalid-image)""#
        #expect(line.dropFirst(24) == expected + "\n")
    }

    @Test func jsonHasItsParts() throws {
        let object = try logObject(try Self.line(.json, images: ["nginx", "quay.io/a:1"]))
        #expect(object["level"] as? String == "INFO")
        #expect(object["message"] as? String == "review patched")
        #expect(object["outcome"] as? String == "patched")
        #expect(object["uid"] as? String == "u-1")
        #expect(object["operation"] as? String == "CREATE")
        #expect(object["kind"] as? String == "Pod")
        #expect(object["namespace"] as? String == "shop")
        #expect(object["name"] as? String == "web")
        #expect(object["subresource"] == nil)
        #expect(object["dry_run"] as? Bool == false)
        #expect(object["duration_us"] as? Int == 1_234)
        let images = try #require(object["images"] as? [[String: Any]])
        #expect(images.count == 2)
        #expect(images.first?["field"] as? String == "/spec/containers/0/image")
        #expect(images.first?["from"] as? String == "nginx")
        #expect(images.first?["to"] as? String == "m.example.com/nginx")
        #expect(images.first?["decision"] as? String == "default")
        #expect(images.first?["line"] as? Int == 1)
        #expect(images.last?["from"] as? String == "quay.io/a:1")
        #expect(images.last?["to"] == nil)
    }

    @Test(arguments: [
        "a\n2026 ERROR faked\u{1b}[31m\u{9b}\u{2028}\u{202e}\" b=c", #"a","level":"ERROR"#, #"\"#, #"\\""#, "ä😀\u{7f}",
        #"x" /spec/containers/9/image="forged"#, "{}[]:,", "\u{0}",
    ])
    func hostileNamesStayStrings(name: String) throws {
        let object = try logObject(
            try Self.line(.json, name: name, namespace: name, images: ["nginx", name]))
        #expect(object["name"] as? String == name)
        #expect(object["namespace"] as? String == name)
        #expect(object["level"] as? String == "INFO")
        #expect((object["images"] as? [[String: Any]])?.last?["from"] as? String == name)

        let text = try Self.line(.text, name: name, namespace: name, images: ["nginx", name])
        #expect(text.split(separator: "\n").count == 1)
        // What is outside of quotes is ours, however the name plays with them.
        var isQuoted = false
        var isEscaped = false
        var outside = ""
        for character in text.unicodeScalars {
            if !isQuoted, character != "\"" { outside.unicodeScalars.append(character) }
            if isEscaped {
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            }
        }
        #expect(!isQuoted)
        #expect(outside.hasSuffix(" /spec/containers/0/image= /spec/containers/1/image=\n"), "\(outside)")
    }

    @Test func aLineIsBoundedWhateverAPodHas() throws {
        let long = String(repeating: "\u{1}", count: 1_000)
        for format in LogFormat.allCases {
            let line = try Self.line(
                format, name: long, namespace: long, images: ["nginx"] + Array(repeating: long, count: 99))
            #expect(line.utf8.count < 16 << 10)
            #expect(line.contains(format == .text ? " more_images=" : #"],"more_images":"#))
        }
        let many = try logObject(try Self.line(.json, images: Array(repeating: "nginx", count: 100)))
        #expect((many["images"] as? [Any])?.count == 32)
        #expect(many["more_images"] as? Int == 68)
    }

    /// Whoever keeps the mirror needs the names.
    @Test func whatStaysBecauseNobodyHasItsTargetIsTold() throws {
        let maps = "default::m.example.com\n[VERIFY]m.example.com::\n"
        let line = try Self.line(.text, maps: maps, presence: .absent, images: ["nginx"])
        #expect(line.contains("Z INFO review unchanged uid=u-1 "), "\(line)")
        #expect(line.contains(#" /spec/containers/0/image="nginx (not-mirrored, line 1)""#), "\(line)")
        #expect(try Self.line(.text, level: .warning, maps: maps, presence: .absent, images: ["nginx"]) == "")
    }

    @Test func whatChangesNothingIsForDebug() throws {
        #expect(try Self.line(.text, maps: "", images: ["nginx"]) == "")
        let line = try Self.line(.text, level: .debug, maps: "", images: ["nginx"])
        #expect(line.contains("Z DEBUG review unchanged uid=u-1 "))
        #expect(try Self.line(.text, level: .warning, images: ["nginx"]) == "")
    }
}
