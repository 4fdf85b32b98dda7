import Foundation
import TestSupport
import Testing

/// `--namespace-maps`: a namespace's own rules in each command, with the file and line that decided.
struct NamespaceTests {
    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(
            "default::m.example.com\nquay.io::m.example.com/quay\n[PULL_SECRET]m.example.com::regcred\n", to: "maps")
        try FileManager.default.createDirectory(at: folder / "own", withIntermediateDirectories: false)
        try folder.write(
            "# of this team\nquay.io::team.example.com\n[PULL_SECRET]team.example.com::team, regcred\n",
            to: "own/team-a.conf")
        return folder
    }

    private static let options = ["--maps", "maps", "--namespace-maps", "own"]

    private static func object(_ line: some StringProtocol) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    // MARK: explain

    @Test func explainNamesTheFileAndTheLineThatDecided() throws {
        let folder = try Self.folder()
        let own = ["explain", "quay.io/a", "nginx", "--namespace", "team-a"] + Self.options
        let text = try Command.run(own, in: folder)
        #expect(text.code == 0 && text.errors == "")
        for line in [
            "  decision  map, by line 2 of own/team-a.conf: quay.io::team.example.com",
            "  secrets   team, regcred, by line 3 of own/team-a.conf: [PULL_SECRET]team.example.com::team, regcred",
            "  > map              line 2 of own/team-a.conf: the key is its registry",
            "  decision  default, by line 1 of maps: default::m.example.com",
            "  secrets   regcred, by line 3 of maps: [PULL_SECRET]m.example.com::regcred",
        ] {
            #expect(text.output.contains("\(line)\n"), "\(text.output)")
        }
        let json = try Command.run(own + ["--format", "json"], in: folder).output.split(separator: "\n").map(
            Self.object)
        #expect(json.map { $0["file"] as? String } == ["own/team-a.conf", "maps"])
        #expect(json.map { $0["line"] as? Int } == [2, 1])
        let secrets = json.map { $0["pullSecrets"] as? [String: Any] }
        #expect(secrets.map { $0?["names"] as? [String] } == [["team", "regcred"], ["regcred"]])
        #expect(secrets.map { $0?["file"] as? String } == ["own/team-a.conf", "maps"])
        #expect(secrets.map { $0?["line"] as? Int } == [3, 3])
    }

    @Test func explainIsTheMapFilesWithoutANamespace() throws {
        let folder = try Self.folder()
        let outcome = try Command.run(["explain", "quay.io/a"] + Self.options, in: folder)
        #expect(outcome.output.contains("map, by line 2: quay.io::m.example.com/quay\n"), "\(outcome.output)")
        let other = try Command.run(["explain", "quay.io/a", "--namespace", "b"] + Self.options, in: folder)
        #expect(other.output == outcome.output)
        #expect(other.errors == "own/b.conf does not exist: b has no rules of its own\n")
    }

    @Test func anotherPlaceIsNamedWithItsFile() throws {
        let folder = try Self.folder()
        try folder.write("m.example.com::x.example.com\n", to: "own/b.conf")
        let outcome = try Command.run(
            ["explain", "m.example.com/quay/a", "--namespace", "b"] + Self.options, in: folder)
        #expect(outcome.output.contains("already, where line 2 of maps puts images, and the key"), "\(outcome.output)")
    }

    @Test(arguments: [
        (["--namespace", "../own/team-a"], "must be lower-case"), (["--namespace", ".."], "must be lower-case"),
        (["--namespace", "A"], "must be lower-case"), (["--namespace", ""], "must be lower-case"),
    ])
    func aNameThatIsNoNamespacesNeverReachesAPath(options: [String], message: String) throws {
        let folder = try Self.folder()
        for command in [["explain", "nginx"], ["rewrite", "x.yaml"], ["images", "x.yaml"]] {
            let outcome = try Command.run(command + options + Self.options, in: folder)
            #expect(outcome.code == 64 && outcome.errors.contains(message), "\(outcome)")
        }
    }

    @Test func aNamespaceAloneHasNoRules() throws {
        let outcome = try Command.run(["explain", "x", "--namespace", "a", "-m", "-"], input: "")
        #expect(outcome.code == 64 && outcome.errors.contains("--namespace-maps"))
        let legacy = try Command.run(["explain", "x", "--prefix", "b.io", "--namespace-maps", "."])
        #expect(legacy.code == 64 && legacy.errors.contains("LEGACY"))
    }

    @Test func theDirectoryMayStandInTheEnvironment() throws {
        let folder = try Self.folder()
        let environment = ["IMAGESWAP_MAPS_FILE": "maps", "IMAGESWAP_NAMESPACE_MAPS_DIR": "own/"]
        let outcome = try Command.run(
            ["explain", "quay.io/a", "--namespace", "team-a"], environment: environment, in: folder)
        #expect(outcome.output.contains("line 2 of own/team-a.conf"), "\(outcome)")
        #expect(try Command.run(["explain", "x", "--prefix", "b.io"], environment: environment, in: folder).code == 0)
    }

    @Test func whatCannotBeReadEndsIt() throws {
        let folder = try Self.folder()
        try folder.write("default::x\n", to: "own/No_Namespace.conf")
        #expect(
            try Command.run(["explain", "x"] + Self.options, in: folder).errors
                == "own/No_Namespace.conf: passed over: no namespace's rules are called so\n")
        let missing = try Command.run(["explain", "x", "-m", "maps", "--namespace-maps", "nowhere"], in: folder)
        #expect(missing.code == 66 && missing.errors.hasPrefix("nowhere: cannot be read: "))
    }

    // MARK: review

    private static func review(_ namespace: String, secrets: String = "") -> String {
        #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","kind":{"kind":"Pod"},"#
            + #""namespace":"\#(namespace)","operation":"CREATE","object":{"spec":{"containers":"#
            + #"[{"name":"a","image":"quay.io/a"}]\#(secrets)}}}}"#
    }

    @Test func aReviewIsAnsweredByTheRulesOfItsOwnNamespace() throws {
        let folder = try Self.folder()
        let own = try Command.run(["review", "--patch"] + Self.options, input: Self.review("team-a"), in: folder)
        #expect(
            own.output == """
                [{"op":"replace","path":"/spec/containers/0/image","value":"team.example.com/a"},
                 {"op":"add","path":"/spec/imagePullSecrets","value":[{"name":"team"},{"name":"regcred"}]}]

                """)
        for other in ["", "b", "../own/team-a", ".."] {
            let outcome = try Command.run(
                ["review", "--patch"] + Self.options, input: Self.review(other), in: folder)
            #expect(outcome.output.contains(#""m.example.com/quay/a"},"#), "\(outcome)")
        }
    }

    /// The name of the rule set is that of both files, as sha256sum has it.
    @Test func theAnswerNamesTheRuleSetForTheAuditLog() throws {
        let folder = try Self.folder()
        for (namespace, digest) in [("team-a", "1c203c91ff1f"), ("b", "197a811559ec")] {
            let outcome = try Command.run(["review"] + Self.options, input: Self.review(namespace), in: folder)
            let response = try #require(try Self.object(outcome.output)["response"] as? [String: Any])
            let annotations = try #require(response["auditAnnotations"] as? [String: String])
            #expect(annotations["rules"] == digest, "\(annotations)")
        }
    }

    @Test(arguments: [
        ("", #"[{"name":"team"},{"name":"regcred"}]"#),
        (#","imagePullSecrets":null"#, #"[{"name":"team"},{"name":"regcred"}]"#),
        (#","imagePullSecrets":[]"#, #"[{"name":"team"},{"name":"regcred"}]"#),
        (#","imagePullSecrets":[ {"name":"regcred"} ]"#, #"[ {"name":"regcred"} ,{"name":"team"}]"#),
    ])
    func theChangedPodHasItsPullSecrets(written: String, list: String) throws {
        let folder = try Self.folder()
        let outcome = try Command.run(
            ["review", "--apply"] + Self.options, input: Self.review("team-a", secrets: written), in: folder)
        #expect(
            outcome.output == #"{"spec":{"containers":[{"name":"a","image":"team.example.com/a"}],"imagePullSecrets":"#
                + list + "}}\n")
    }

    @Test func aTrialTellsAndChangesNothing() throws {
        let folder = try Self.folder()
        let review = Self.review("team-a")
        let options = ["--audit"] + Self.options
        #expect(try Command.run(["review", "--patch"] + options, input: review, in: folder).output == "[]\n")
        let applied = try Command.run(["review", "--apply"] + options, input: review, in: folder)
        #expect(applied.output == #"{"spec":{"containers":[{"name":"a","image":"quay.io/a"}]}}"# + "\n")
        let answer = try Self.object(try Command.run(["review"] + options, input: review, in: folder).output)
        let warnings = try #require((answer["response"] as? [String: Any])?["warnings"] as? [String])
        #expect(
            warnings == [
                "imageswap would swap /spec/containers/0/image: quay.io/a -> team.example.com/a",
                "imageswap would add the pull secret team", "imageswap would add the pull secret regcred",
            ])
    }

    @Test func labelsCountUnlessTheySayNothing() throws {
        let folder = try Self.folder()
        for value in ["audit", "disabled"] {
            let review = Self.review("b").replacing(
                #""object":{"#, with: #""object":{"metadata":{"labels":{"k8s.twr.io/imageswap":"\#(value)"}},"#)
            #expect(try Command.run(["review", "--patch"] + Self.options, input: review, in: folder).output == "[]\n")
            let ignored = try Command.run(
                ["review", "--patch", "--ignore-labels"] + Self.options, input: review, in: folder)
            #expect(ignored.output.contains("m.example.com/quay/a"))
        }
    }

    // MARK: rewrite and images

    private static let manifests = """
        kind: Pod
        metadata: {name: one, namespace: team-a}
        spec: {containers: [{name: a, image: quay.io/a}]}
        ---
        kind: Pod
        metadata: {name: two, namespace: b}
        spec: {containers: [{name: a, image: quay.io/a}], imagePullSecrets: [{name: regcred}]}
        ---
        kind: Deployment
        metadata: {name: three}
        spec: {template: {spec: {containers: [{name: a, image: quay.io/a}]}}}

        """

    @Test(arguments: [([], "m.example.com/quay/a"), (["--namespace", "team-a"], "team.example.com/a")])
    func eachObjectIsRewrittenByTheRulesOfItsNamespace(options: [String], third: String) throws {
        let folder = try Self.folder()
        try folder.write(Self.manifests, to: "x.yaml")
        let outcome = try Command.run(["rewrite", "x.yaml"] + options + Self.options, in: folder)
        let images = outcome.output.components(separatedBy: "image: ").dropFirst()
            .map { String($0.prefix { $0 != "}" && $0 != "," }) }
        #expect(images == ["team.example.com/a", "m.example.com/quay/a", third])
        // Secrets are told of, not written; what a pod has is not missing.
        #expect(outcome.output.ranges(of: "imagePullSecrets").count == 1)
        let of = options.isEmpty ? "Pod team-a/one" : "Pod team-a/one and 1 more"
        #expect(
            outcome.errors == """
                the pull secret team is needed, and not written: by \(of)
                the pull secret regcred is needed, and not written: by Pod team-a/one and 1 more

                """)
        #expect(outcome.code == 0)
    }

    @Test func imagesAreListedWithTheFileThatDecided() throws {
        let folder = try Self.folder()
        try folder.write(Self.manifests, to: "x.yaml")
        let options = ["images", "x.yaml"] + Self.options
        let table = try Command.run(options, in: folder).output
        #expect(table.contains("map, line 2 of own/team-a.conf  x.yaml:3 (Pod team-a/one a)"), "\(table)")
        #expect(table.contains("map, line 2                     x.yaml:7 (Pod b/two a) and 1 more"), "\(table)")
        let json = try Command.run(options + ["--format", "json"], in: folder).output.split(separator: "\n")
            .map(Self.object)
        #expect(json.map { $0["file"] as? String } == ["maps", "own/team-a.conf"])
        #expect(json.map { $0["pullSecrets"] as? [String] } == [["regcred"], ["team", "regcred"]])
    }

    @Test func aBrokenFileOfANamespaceThatIsMetEndsIt() throws {
        let folder = try Self.folder()
        try folder.write(Self.manifests, to: "x.yaml")
        let large = String(repeating: "#", count: (16 << 20) + 1)
        try folder.write(large, to: "own/team-a.conf")
        let outcome = try Command.run(["rewrite", "x.yaml"] + Self.options, in: folder)
        #expect(outcome.code == 66 && outcome.output == "")
        #expect(outcome.errors.hasPrefix("own/team-a.conf: cannot be read: "))
        // Whose namespace is not met is not read.
        try folder.write("kind: Pod\nmetadata: {namespace: b}\n", to: "y.yaml")
        #expect(try Command.run(["rewrite", "y.yaml"] + Self.options, in: folder).code == 0)
    }

    // MARK: check

    @Test func checkLooksAtEachFileAsItIsLaidOverTheMapFile() throws {
        let folder = try Self.folder()
        try folder.write("[PULL_SECRET]typo.example.com::a\n", to: "own/b.conf")
        try folder.write("[PULL_SECRET]m.example.com/x::a\nrubbish\n", to: "own/c.conf")
        let outcome = try Command.run(
            ["check", "maps", "--namespace-maps", "own", "--no-notes", "--format", "github"], in: folder)
        #expect(outcome.code == 1)
        let found = outcome.output.split(separator: "\n").map { $0.prefix { $0 != "," } }
        #expect(found == ["::warning file=own/b.conf", "::error file=own/c.conf"], "\(outcome.output)")
        #expect(try Command.run(["check", "maps"], in: folder).code == 0)
        let two = try Command.run(["check", "maps", "maps", "--namespace-maps", "own"], in: folder)
        #expect(two.code == 64)
        let variables = ["IMAGESWAP_MAPS_FILE": "maps", "IMAGESWAP_NAMESPACE_MAPS_DIR": "own"]
        #expect(try Command.run(["check"], environment: variables, in: folder).code == 1)
        #expect(try Command.run(["check", "maps"], environment: variables, in: folder).code == 0)
    }

    @Test func checkMendsThemToo() throws {
        let folder = try Self.folder()
        try folder.write("quay.io: x.example.com\n[PULL_SECRET]x.example.com: a\n", to: "own/b.conf")
        let outcome = try Command.run(["check", "maps", "--namespace-maps", "own", "--fix"], in: folder)
        #expect(outcome.errors.contains("own/b.conf: mended\n") && !outcome.errors.contains("maps: mended"))
        #expect(try folder.read("own/b.conf") == "quay.io:: x.example.com\n[PULL_SECRET]x.example.com: a\n")
    }
}
