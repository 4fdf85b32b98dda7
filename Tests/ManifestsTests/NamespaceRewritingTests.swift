import ImageSwap
import Manifests
import Testing

/// Objects of namespaces with rules of their own: those of `a` and `b` go to `a.io` and `b.io`, others to `m.io`.
struct NamespaceRewritingTests {
    private static func rewriting(
        _ manifest: Manifest, _ options: Rewriting.Options = Rewriting.Options()
    ) -> Rewriting {
        Rewriting(manifest, options: options) { namespace in
            let host = ["a", "b"].contains(namespace) ? namespace : "m"
            return .maps(Rules(MapFile("default::\(host).io\n[PULL_SECRET]\(host).io::one, two")))
        }
    }

    private static func items(_ lines: String...) -> String {
        "kind: List\nitems:\n" + lines.map { "- {kind: Pod, \($0)}\n" }.joined()
    }

    /// - Parameter stuck: How many images could not be changed for what shares them.
    @Test(
        arguments: [
            (
                items("metadata: {namespace: a}, spec: {containers: [{image: x}]}", "spec: {containers: [{image: x}]}"),
                items(
                    "metadata: {namespace: a}, spec: {containers: [{image: a.io/x}]}",
                    "spec: {containers: [{image: m.io/x}]}"), 0
            ),
            // What objects of two namespaces share cannot become both: an alias is written out, the rest is left.
            (
                items(
                    "metadata: {namespace: a}, spec: {containers: [{image: &i x}]}",
                    "metadata: {namespace: b}, spec: {containers: [{image: *i}]}"),
                items(
                    "metadata: {namespace: a}, spec: {containers: [{image: &i x}]}",
                    "metadata: {namespace: b}, spec: {containers: [{image: b.io/x}]}"), 1
            ),
            (
                items(
                    "metadata: {namespace: a}, spec: &s {containers: [{image: x}]}",
                    "metadata: {namespace: b}, spec: *s"),
                items(
                    "metadata: {namespace: a}, spec: &s {containers: [{image: x}]}",
                    "metadata: {namespace: b}, spec: *s"), 1
            ),
            (
                items(
                    "metadata: {namespace: a}, spec: &s {containers: [{image: x}]}",
                    "metadata: {namespace: a}, spec: *s"),
                items(
                    "metadata: {namespace: a}, spec: &s {containers: [{image: a.io/x}]}",
                    "metadata: {namespace: a}, spec: *s"), 0
            ),
        ] as [(String, String, Int)])
    func eachObjectHasTheRulesOfItsNamespace(text: String, wanted: String, stuck: Int) throws {
        let manifest = try Manifest(Array(text.utf8))
        let rewriting = Self.rewriting(manifest)
        #expect(String(decoding: rewriting.result(of: manifest), as: UTF8.self) == wanted)
        #expect(rewriting.remarks.count == stuck)
        #expect(rewriting.uses.filter(\.isMade).allSatisfy { $0.isChanged })
    }

    @Test func whatNamesNoNamespaceHasTheOneThatIsGiven() throws {
        var options = Rewriting.Options()
        options.namespace = "b"
        let manifest = try Manifest(
            Array(
                Self.items(
                    "spec: {containers: [{image: x}]}", "metadata: {namespace: a}, spec: {containers: [{image: x}]}"
                ).utf8))
        #expect(Self.rewriting(manifest, options).uses.map(\.result) == ["b.io/x", "a.io/x"])
        #expect(Self.rewriting(manifest, options).uses.map(\.namespace) == ["b", "a"])
    }

    @Test(
        arguments: [
            ("spec: {containers: [{image: x}]}", ["one", "two"]),
            ("spec: {containers: [{image: x}], imagePullSecrets: [{name: two}, 3, {}]}", ["one"]),
            ("spec: {containers: [{image: x}], imagePullSecrets: [{name: two}, {name: one}]}", []),
            ("spec: {containers: []}", []), ("spec: {containers: [{image: 'x y'}]}", []),
            ("metadata: {labels: {k8s.twr.io/imageswap: audit}}, spec: {containers: [{image: x}]}", []),
            ("metadata: {labels: {k8s.twr.io/imageswap: disabled}}, spec: {containers: [{image: x}]}", []),
        ] as [(String, [String])])
    func theSecretsThatAPodLacksAreTold(pod: String, names: [String]) throws {
        let needs = Self.rewriting(try Manifest(Array("{kind: Pod, \(pod)}".utf8))).pullSecretNeeds
        #expect(needs.flatMap(\.names) == names)
        #expect(needs.count == (names.isEmpty ? 0 : 1))
    }

    @Test(arguments: ["audit", "disabled"])
    func aLabelLeavesAnObjectAloneUnlessLabelsSayNothing(value: String) throws {
        let text =
            "kind: Job\nspec: {template: {metadata: {labels: {k8s.twr.io/imageswap: \(value)}}, spec: {containers: [{image: x}]}}}\n"
        let manifest = try Manifest(Array(text.utf8))
        #expect(Self.rewriting(manifest).edits.isEmpty)
        var options = Rewriting.Options()
        options.ignoresLabels = true
        #expect(Self.rewriting(manifest, options).edits.count == 1)
    }
}
