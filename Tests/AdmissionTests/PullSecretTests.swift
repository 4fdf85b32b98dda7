// `[PULL_SECRET]` lines: which pods get which Secrets, and what their own lists may look like.

import Admission
import Foundation
import ImageSwap
import TestSupport
import Testing

struct PullSecretTests {
    static let maps = """
        default::m.example.com
        [PULL_SECRET]m.example.com::regcred, extra
        [PULL_SECRET]m.example.com/free::
        [PULL_SECRET]docker.io::hub
        """

    static func pod(
        images: [String] = ["nginx"], secrets: String? = nil, metadata: String = "{}"
    ) -> String {
        let containers = images.map { #"{"name":"c","image":"\#($0)"}"# }.joined(separator: ",")
        let list = secrets.map { #","imagePullSecrets":\#($0)"# } ?? ""
        return PodSpecPlace.pod.object(spec: #"{"containers":[\#(containers)]\#(list)}"#, metadata: metadata)
    }

    /// The names that are added, and where.
    static func added(_ body: String, maps: String = maps) throws -> (paths: [String], names: [String]) {
        var paths: [String] = []
        var names: [String] = []
        for operation in try Answer(to: body, maps: maps).patchOperations() where operation["op"] as? String == "add" {
            paths.append(try #require(operation["path"] as? String))
            let values = operation["value"] as? [[String: String]] ?? [operation["value"] as? [String: String] ?? [:]]
            for value in values {
                #expect(value.count == 1)
                names.append(try #require(value["name"]))
            }
        }
        return (paths, names)
    }

    @Test(
        arguments: [
            (nil, ["/spec/imagePullSecrets"], ["regcred", "extra"]),
            ("null", ["/spec/imagePullSecrets"], ["regcred", "extra"]),
            (" [ ] ", ["/spec/imagePullSecrets"], ["regcred", "extra"]),
            (#"[{"name":"own"}]"#, ["/spec/imagePullSecrets/-", "/spec/imagePullSecrets/-"], ["regcred", "extra"]),
            (#"[{"name":"extra"}]"#, ["/spec/imagePullSecrets/-"], ["regcred"]),
            (#"[{"name":"extra"},{"name":"own"},{"name":"regcred"}]"#, [], []),
            // written otherwise
            (#"[{"name":"re\u0067cred"},{"n\u0061me":"extra"}]"#, [], []),
            (#"[{"name":"own","name":"regcred"},{"name":"extra"}]"#, [], []),
            (#"[{"name":"regcred","name":"own"},{"name":"extra"}]"#, ["/spec/imagePullSecrets/-"], ["regcred"]),
            // what no pod has, but may come
            (
                #"["regcred",7,null,[],{},{"name":null},{"name":["extra"]}]"#,
                [
                    "/spec/imagePullSecrets/-", "/spec/imagePullSecrets/-",
                ], ["regcred", "extra"]
            ),
            (
                #"[[{"name":"regcred"}],{"x":{"name":"extra"}}]"#,
                [
                    "/spec/imagePullSecrets/-", "/spec/imagePullSecrets/-",
                ], ["regcred", "extra"]
            ),
            (#""regcred""#, [], []), ("{}", [], []), (#"{"name":"regcred"}"#, [], []), ("7", [], []), ("true", [], []),
        ] as [(String?, [String], [String])])
    func namesThatThePodLacksAreAddedOnce(secrets: String?, paths: [String], names: [String]) throws {
        let added = try Self.added(review(object: Self.pod(secrets: secrets)))
        #expect(added.paths == paths)
        #expect(added.names == names)
    }

    @Test(
        arguments: [
            (["nginx"], ["regcred", "extra"]),
            // not swapped, but there
            (["m.example.com/a/b:1"], ["regcred", "extra"]),
            (["m.example.com:8443/a"], ["regcred", "extra"]),
            (["M.EXAMPLE.COM/a"], ["regcred", "extra"]),
            // the longest place takes them away
            (["m.example.com/free"], []), (["m.example.com/free/x"], []),
            (["m.example.com/freed"], ["regcred", "extra"]),
            (["a b", "", "m.example.com/", "m.example.com"], ["regcred", "extra"]),
        ] as [([String], [String])])
    func thePlaceOfTheImageAsItWillBeCounts(images: [String], names: [String]) throws {
        #expect(try Self.added(review(object: Self.pod(images: images))).names == names)
    }

    @Test(
        arguments: [
            ("[PULL_SECRET]docker.io::a\n[PULL_SECRET]index.docker.io::b", ["b"]),
            ("[PULL_SECRET]index.docker.io::b\n[PULL_SECRET]docker.io::a", ["a"]),
            // with a key of its own it is another registry
            ("[PULL_SECRET]docker.io::a\n[PULL_SECRET]index.docker.io::b\nindex.docker.io::", ["a"]),
            ("[PULL_SECRET]docker.io/nginx::a", []), ("[PULL_SECRET]docker.io/library/nginx::a", ["a"]),
            ("[PULL_SECRET]docker.io/lib::a", []), ("[PULL_SECRET]docker::a", []),
            ("[PULL_SECRET]docker.io::a,b,a,,", ["a", "b"]),
            ("[PULL_SECRET]docker.io::a\n[PULL_SECRET]docker.io::", []),
            ("[PULL_SECRET]docker.io::a\n[PULL_SECRET]docker.io::B", ["a"]),
            ("[PULL_SECRET]docker.io:a", ["a"]), ("[PULL_SECRET]DOCKER.io/::a", ["a"]),
        ] as [(String, [String])])
    func placesAreComparedAsAlreadyThereIs(maps: String, names: [String]) throws {
        #expect(try Self.added(review(object: Self.pod()), maps: maps).names == names)
    }

    @Test func theOrderIsThatOfThePatch() throws {
        let object = PodSpecPlace.pod.object(
            spec: """
                {"volumes":[{"name":"v","image":{"reference":"d.io/x"}}],"initContainers":[{"image":"b.io/x"}],
                "ephemeralContainers":[{"image":"c.io/x"}],"containers":[{"image":"a.io/x"}]}
                """)
        let maps = ["d", "c", "b", "a"].map { "[PULL_SECRET]\($0).io::\($0), shared" }.joined(separator: "\n")
        #expect(try Self.added(review(object: object), maps: maps).names == ["a", "shared", "b", "c", "d"])
    }

    @Test func aPatchOfSecretsAloneIsAPatch() throws {
        let answer = try Answer(to: review(object: Self.pod()), maps: "[PULL_SECRET]docker.io::hub")
        #expect(answer.outcome == .patched)
        #expect(answer.response["patchType"] as? String == "JSONPatch")
        #expect(try answer.patchOperations().count == 1)
        let has = try Answer(
            to: review(object: Self.pod(secrets: #"[{"name":"hub"}]"#)), maps: "[PULL_SECRET]docker.io::hub")
        #expect(has.outcome == .unchanged)
        #expect(has.response["patchType"] == nil)
    }

    @Test(arguments: [
        review(operation: "UPDATE", object: pod()), review(operation: "", object: pod()),
        review(object: pod(), extra: #""subResource":"ephemeralcontainers""#),
        review(object: pod(metadata: OptOutTests.disabled)), review(object: pod(metadata: OptOutTests.mirror)),
        review(object: pod(images: [])), review(operation: "DELETE", object: pod()), review(),
    ])
    func nothingElseGetsAny(body: String) throws {
        #expect(try Self.added(body).names.isEmpty)
    }

    @Test(arguments: PodSpecPlace.allCases)
    func templatesAreLeftAlone(place: PodSpecPlace) throws {
        let spec = #"{"containers":[{"image":"nginx"}],"imagePullSecrets":[{"name":"own"}]}"#
        let added = try Self.added(review(kind: place.kind, object: place.object(spec: spec)))
        #expect(added.names.isEmpty == (place != .pod))
    }

    /// Go keeps the last of members with one name.
    @Test func ofRepeatedListsAndSpecsTheLastCounts() throws {
        let spec = #""containers":[{"image":"nginx"}]"#
        for (members, names) in [
            (
                #""spec":{\#(spec),"imagePullSecrets":[{"name":"regcred"}],"imagePullSecrets":[]}"#,
                ["regcred", "extra"]
            ),
            (#""spec":{\#(spec),"imagePullSecrets":[],"imagePullSecrets":[{"name":"regcred"}]}"#, ["extra"]),
            (#""spec":{"imagePullSecrets":[{"name":"regcred"}]},"spec":{\#(spec)}"#, ["regcred", "extra"]),
        ] {
            #expect(try Self.added(review(object: "{\(members)}")).names == names, "\(members)")
        }
        let twice = review(object: Self.pod(secrets: #"[{"name":"regcred"}]"#), extra: #""object":\#(Self.pod())"#)
        #expect(try Self.added(twice).names == ["regcred", "extra"])
    }

    @Test func theReviewersNextPodStartsAnew() throws {
        let policy = SwapPolicy.maps(Rules(MapFile(Self.maps)))
        var reviewer = Reviewer(disableLabel: "x")
        for (secrets, names) in [(#"[{"name":"extra"}]"#, ["regcred"]), (nil, ["regcred", "extra"]), ("7", [])] {
            let body = Array(review(object: Self.pod(secrets: secrets)).utf8)
            _ = try reviewer.review(body.span, under: policy)
            #expect(reviewer.pullSecrets.map { String(decoding: $0, as: UTF8.self) } == names)
        }
        _ = try reviewer.review(Array(review().utf8).span, under: policy)
        #expect(reviewer.pullSecrets.isEmpty)
    }
}

// MARK: properties

extension PullSecretTests {
    private static func randomSecrets(_ random: inout SplitMix64) -> Any? {
        func name() -> Any {
            random.pick(
                ["regcred", "extra", "hub", "own", "", "é", 7, NSNull(), ["regcred"], ["name": "hub"]] as [Any])
        }
        switch random.below(12) {
        case 0: return nil
        case 1: return NSNull()
        case 2: return [Any]()
        case 3: return random.pick(["regcred", 7, true, [String: Any]()] as [Any])
        default:
            return (0..<random.below(6)).map { _ -> Any in
                switch random.below(8) {
                case 0: name()
                case 1: [String: Any]()
                case 2: ["name": name(), "x": name()]
                default: ["name": name()]
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<8)
    func appliedOnceAPatchLeavesNothingToAdd(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let images = ["nginx", "m.example.com/a", "m.example.com/free/a", "quay.io/a:1", "a b", ""]
        let policy = SwapPolicy.maps(Rules(MapFile("quay.io::\n" + Self.maps)))
        for _ in 0..<150 {
            var spec: [String: Any] = [
                "containers": (0..<random.below(4)).map { _ in ["name": "c", "image": random.pick(images)] }
            ]
            let before = Self.randomSecrets(&random)
            spec["imagePullSecrets"] = before
            let object: [String: Any] = ["metadata": [String: Any](), "spec": spec]
            func answer(_ object: Any) throws -> Answer {
                let text = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
                return try Answer(to: Data(review(object: text).utf8), policy: policy)
            }
            let patched = try JSONPatch(operations: try answer(object).patchOperations()).applied(to: object)
            #expect(try answer(patched).patchOperations().isEmpty, "\(object)")

            let after = ((patched as? [String: Any])?["spec"] as? [String: Any])?["imagePullSecrets"]
            if let list = before as? [Any] {
                let kept = (after as? [Any] ?? []).prefix(list.count)
                #expect(Array(kept) as NSArray == list as NSArray, "something was taken away of \(list)")
            } else if let before, !(before is NSNull) {
                #expect(after as? NSObject == before as? NSObject)
            }
        }
    }

    @Test func tenThousandEntriesAreReadAsOne() throws {
        let entries = (0..<10_000).map { $0 == 9_999 ? #"{"name":"regcred"}"# : #"{"name":"s\#($0 % 5_000)"}"# }
        let body = review(object: Self.pod(secrets: "[" + entries.joined(separator: ",") + "]"))
        #expect(try Self.added(body).names == ["extra"])
    }

    /// So much is asked for that asking it for each image anew would take hours.
    @Test func manyImagesAtAPlaceOfManySecretsAreOne() throws {
        let names = (0..<20_000).map { "s\($0)" }
        let body = review(object: Self.pod(images: Array(repeating: "nginx", count: 10_000)))
        let added = try Self.added(body, maps: "[PULL_SECRET]docker.io::" + names.joined(separator: ","))
        #expect(added.names == names)
    }
}
