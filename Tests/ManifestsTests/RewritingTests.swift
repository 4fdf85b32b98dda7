import ImageSwap
import Manifests
import Testing

/// What a manifest becomes under LEGACY mode with the prefix b.io, which is short to write down.
struct RewritingTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let wanted: String
        let remarks: [String]

        init(_ text: String, _ wanted: String, _ remarks: String...) {
            (self.text, self.wanted, self.remarks) = (text, wanted, remarks)
        }

        var testDescription: String { text.debugDescription }
    }

    static func check(_ row: Case, _ options: Rewriting.Options = Rewriting.Options(), maps: String? = nil) throws {
        let manifest = try Manifest(Array(row.text.utf8))
        let policy = maps.map { SwapPolicy.maps(Rules(MapFile($0))) } ?? .legacy(prefix: Array("b.io".utf8))
        let rewriting = Rewriting(manifest, under: policy, options: options)
        #expect(String(decoding: rewriting.result(of: manifest), as: UTF8.self) == row.wanted)
        let remarks = rewriting.remarks.map { "\(manifest.place($0.offset).line):\(manifest.place($0.offset).column)" }
        #expect(remarks == row.remarks, "\(rewriting.remarks)")
    }

    static let pod = "kind: Pod\nspec:\n  containers:\n"

    @Test(arguments: [
        Case(pod + "  - image: x:1 # why\n", pod + "  - image: b.io/x:1 # why\n"),
        Case(pod + "  - image: 'x:1'\r\n", pod + "  - image: 'b.io/x:1'\r\n"),
        Case(pod + "  - image:   \"x\\u003a1\"\n", pod + "  - image:   \"b.io/x:1\"\n"),
        Case(pod + "  - image: |-\n      x:1\n    name: a\n", pod + "  - image: |-\n      b.io/x:1\n    name: a\n"),
        Case(
            pod + "  - image: >- # x:1\n      x:1\n\n    name: a\n",
            pod + "  - image: >- # x:1\n      b.io/x:1\n\n    name: a\n"),
        Case(pod + "  - {name: a, image: x, env: []}\n", pod + "  - {name: a, image: b.io/x, env: []}\n"),
        Case(pod + "  - {\"image\":x}\n", pod + "  - {\"image\":b.io/x}\n"),
        Case(pod + "  - {\"image\":\"x\"}\n", pod + "  - {\"image\":\"b.io/x\"}\n"),
        Case(
            pod + "  - image: !!str x\n  - image: !!str &i x\n",
            pod + "  - image: !!str b.io/x\n  - image: !!str &i b.io/x\n"),
        Case(pod + "  - ? image\n    : x\n", pod + "  - ? image\n    : b.io/x\n"),
        Case(pod + "  - image: x\n    image: w\n", pod + "  - image: x\n    image: b.io/w\n"),
        Case(
            "\u{feff}" + pod + "  - image: é/../x\n  - image: x # é\n",
            "\u{feff}" + pod + "  - image: b.io/x\n  - image: b.io/x # é\n"),
        // what is no string is no image
        Case(
            pod + "  - image: 1.5\n  - image: true\n  - image: ~\n  - image:\n  - image: [x]\n",
            pod + "  - image: 1.5\n  - image: true\n  - image: ~\n  - image:\n  - image: [x]\n"),
        Case(pod + "  - image: '15'\n", pod + "  - image: 'b.io/15'\n"),
        // only the fields of the pod spec
        Case(
            pod + "  - name: image\n    env: [{name: image, value: x}]\n",
            pod + "  - name: image\n    env: [{name: image, value: x}]\n"),
        Case("kind: ConfigMap\ndata:\n  image: x\n", "kind: ConfigMap\ndata:\n  image: x\n"),
        Case("spec:\n  containers: [{image: x}]\n", "spec:\n  containers: [{image: x}]\n"),
        Case(
            "kind: Deployment\nspec:\n  containers: [{image: x}]\n",
            "kind: Deployment\nspec:\n  containers: [{image: x}]\n"),
        Case(
            "kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {initContainers: [{image: x}]}}}}}",
            "kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {initContainers: [{image: b.io/x}]}}}}}"),
        Case(
            "kind: Pod\nspec:\n  volumes: [{name: v, image: {reference: x}}]\n  ephemeralContainers: [{image: w}]\n",
            "kind: Pod\nspec:\n  volumes: [{name: v, image: {reference: b.io/x}}]\n  ephemeralContainers: [{image: b.io/w}]\n"
        ),
        // several documents, lists
        Case(
            "---\n" + pod + "  - image: x\n...\n# c\n---\n---\n" + pod + "  - image: w",
            "---\n" + pod + "  - image: b.io/x\n...\n# c\n---\n---\n" + pod + "  - image: b.io/w"),
        Case(
            "kind: List\nitems:\n- kind: Pod\n  spec: {containers: [{image: x}]}\n- kind: Job\n  spec: {template: {spec: {containers: [{image: w}]}}}\n",
            "kind: List\nitems:\n- kind: Pod\n  spec: {containers: [{image: b.io/x}]}\n- kind: Job\n  spec: {template: {spec: {containers: [{image: b.io/w}]}}}\n"
        ),
        Case(
            "kind: PodList\nitems:\n- spec: {containers: [{image: x}]}\n",
            "kind: PodList\nitems:\n- spec: {containers: [{image: b.io/x}]}\n"),
        // left alone
        Case(
            "kind: Pod\nmetadata: {labels: {k8s.twr.io/imageswap: disabled}}\nspec: {containers: [{image: x}]}\n",
            "kind: Pod\nmetadata: {labels: {k8s.twr.io/imageswap: disabled}}\nspec: {containers: [{image: x}]}\n"),
        Case(
            "kind: Pod\nmetadata: {annotations: {kubernetes.io/config.mirror: ''}}\nspec: {containers: [{image: x}]}\n",
            "kind: Pod\nmetadata: {annotations: {kubernetes.io/config.mirror: ''}}\nspec: {containers: [{image: x}]}\n"),
        Case(
            "kind: Job\nspec: {template: {metadata: {labels: {k8s.twr.io/imageswap: disabled}}, spec: {containers: [{image: x}]}}}\n",
            "kind: Job\nspec: {template: {metadata: {labels: {k8s.twr.io/imageswap: disabled}}, spec: {containers: [{image: x}]}}}\n"
        ),
        // JSON
        Case(
            "{\"kind\":\"Pod\",\n\t\"spec\":{\"containers\":[{\"image\":\"x\\/y\"}]}}",
            "{\"kind\":\"Pod\",\n\t\"spec\":{\"containers\":[{\"image\":\"b.io/y\"}]}}"),
        Case("{kind: Pod, spec: {containers: [{image: x}]}}", "{kind: Pod, spec: {containers: [{image: b.io/x}]}}"),
        // several documents of JSON, as kubectl prints them, and arrays
        Case(
            "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"x\"}]}}\n{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"w\"}]}}{}\n",
            "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"b.io/x\"}]}}\n{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"b.io/w\"}]}}{}\n"
        ),
        Case(
            " [{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"x\"}]}}, 1]\n",
            " [{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"b.io/x\"}]}}, 1]\n"),
        Case("[{kind: Pod, spec: {containers: [{image: x}]}}]", "[{kind: Pod, spec: {containers: [{image: b.io/x}]}}]"),
        Case("", ""), Case("# nothing\n", "# nothing\n"), Case("---\n...\n", "---\n...\n"), Case("x", "x"),
        Case("- a\n", "- a\n"),
    ])
    func onlyImagesChange(row: Case) throws { try Self.check(row) }

    @Test(arguments: [
        Case(pod + "  - image: &i x\n  - image: *i\n", pod + "  - image: &i b.io/x\n  - image: *i\n"),
        // the anchor stands elsewhere: the alias is written out
        Case("x: &i x\n" + pod + "  - image: *i # c\n", "x: &i x\n" + pod + "  - image: b.io/x # c\n"),
        // and where it is used elsewhere, the image that is its anchor cannot be changed by itself
        Case(pod + "  - image: &i x\n    name: *i\n", pod + "  - image: &i x\n    name: *i\n", "4:15"),
        Case(
            pod + "  - &c\n    name: a\n    image: x\n  - *c\n",
            pod + "  - &c\n    name: a\n    image: b.io/x\n  - *c\n"),
        Case(
            pod + "  - &c {name: a, image: x}\n  - {<<: *c, name: b}\n",
            pod + "  - &c {name: a, image: b.io/x}\n  - {<<: *c, name: b}\n"),
        Case(
            pod + "  - &c {name: a, image: x}\n  - {<<: *c, name: b, image: w}\n",
            pod + "  - &c {name: a, image: b.io/x}\n  - {<<: *c, name: b, image: b.io/w}\n"),
        Case(
            pod + "  - &c {image: x}\n  - &d {image: w}\n  - <<: [*d, *c]\n",
            pod + "  - &c {image: b.io/x}\n  - &d {image: b.io/w}\n  - <<: [*d, *c]\n"),
        Case("a: &c {image: x}\n" + pod + "  - <<: *c\n", "a: &c {image: x}\n" + pod + "  - <<: *c\n", "1:15"),
        Case(
            "kind: List\nitems:\n- &p {kind: Pod, spec: {containers: [{image: x}]}}\n- *p\n",
            "kind: List\nitems:\n- &p {kind: Pod, spec: {containers: [{image: b.io/x}]}}\n- *p\n"),
        Case(
            "kind: List\nitems:\n- {kind: Pod, metadata: {labels: {k8s.twr.io/imageswap: disabled}}, spec: &s {containers: [{image: x}]}}\n- {kind: Pod, spec: *s}\n",
            "kind: List\nitems:\n- {kind: Pod, metadata: {labels: {k8s.twr.io/imageswap: disabled}}, spec: &s {containers: [{image: x}]}}\n- {kind: Pod, spec: *s}\n",
            "3:100"),
    ])
    func whatAliasesShareChangesOnlyWhereAllOfItIsImages(row: Case) throws { try Self.check(row) }

    @Test(arguments: [
        Case(
            pod + "  - image: {{ .Values.image }}\n  - image: x\n",
            pod + "  - image: {{ .Values.image }}\n  - image: b.io/x\n", "4:12"),
        Case(pod + "  - image: \"x:{{ .tag }}\"\n", pod + "  - image: \"x:{{ .tag }}\"\n", "4:12"),
        Case(pod + "  - image: x:{{ .tag }}\n", pod + "  - image: x:{{ .tag }}\n", "4:12"),
    ])
    func aTemplateOfAnImageIsLeftAloneAndTold(row: Case) throws { try Self.check(row) }

    @Test func aFileThatOnlyATemplateEngineReadsIsTold() {
        let error = #expect(throws: ManifestError.self) {
            try Manifest(Array("a: 1\n{{- if x }}\nb: 2\n{{- end }}\n".utf8))
        }
        #expect(error?.isTemplate == true)
    }

    @Test(arguments: [
        ("a: [", "2:1"), ("a: b: c", "1:5"), ("\tb: 1", "1:1"), ("{\"a\":]}", "1:6"),
        ("{\"a\":1}\n{\"a\":]}", "2:6"), ("{} 5", "1:4"), ("\u{feff}{\"a\":]}", "1:7"), ("a: *b", "1:4"),
        ("&a [*a]", "1:5"), ("é: \u{1}", "1:4"),
    ])
    func whatIsNoManifestIsRefusedWithItsPlace(text: String, place: String) {
        let error = #expect(throws: ManifestError.self) { try Manifest(Array(text.utf8)) }
        #expect(error?.description.hasPrefix(place + ": ") == true, "\(String(describing: error))")
        #expect(error?.isTemplate == false)
    }

    @Test func aScalarBeginsWhereItsAnchorEnds() throws {
        var options = Rewriting.Options()
        options.helm = true
        let manifest = try Manifest(Array("image: &x:imag".utf8))
        let uses = Rewriting(manifest, under: .legacy(prefix: Array("b.io".utf8)), options: options).uses
        #expect(uses.map(\.image) == [":imag"])
        #expect(uses.map(\.offset) == [9])
    }

    /// Lines that stand for billions of nodes are read in no time, and changed.
    @Test func aliasesOfAliasesCostNoTime() throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1..<200 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        try Self.check(Case(text + Self.pod + "  - image: x\n", text + Self.pod + "  - image: b.io/x\n"))
    }

    /// What a rule makes may be no string by itself, or need quotes.
    @Test(arguments: [
        ("[EXACT]x::1.5", "image: x", "image: \"1.5\""), ("[EXACT]x::on", "image: x", "image: \"on\""),
        ("default::[fd00::1]:5000", "image: a.io/x", "image: a.io/x"),
        ("[EXACT]x::true", "image: 'x'", "image: 'true'"), ("default::b.io:5000", "image: x", "image: b.io:5000/x"),
        ("[REPLACE]*::b.io", "image: >-\n      a\n      /x\n", "image: \"b.io/x\"\n"),
    ])
    func quotesArePutWhereTheyAreNeeded(maps: String, old: String, new: String) throws {
        try Self.check(Case(Self.pod + "  - " + old, Self.pod + "  - " + new), maps: maps)
    }
}

extension RewritingTests {
    @Test(arguments: [
        Case(
            "kind: Kustomization\nimages:\n- name: x # the base's\n  newTag: \"2\"\n- newName: y\n  name: z\n",
            "kind: Kustomization\nimages:\n- name: x # the base's\n  newName: b.io/x\n  newTag: \"2\"\n- newName: b.io/y\n  name: z\n"
        ),
        Case(
            "images:\r\n  - name: a/x\r\n    newTag: 1.27\r\n",
            "images:\r\n  - name: a/x\r\n    newName: b.io/x\r\n    newTag: 1.27\r\n"),
        Case(
            "kind: Component\nimages: [{name: x, newTag: v1}, {name: b.io/w}]",
            "kind: Component\nimages: [{name: x, newName: b.io/x, newTag: v1}, {name: b.io/w}]"),
        Case("kind: Kustomization\nimages:\n- name: x", "kind: Kustomization\nimages:\n- name: x\n  newName: b.io/x"),
        Case(
            "{\"kind\":\"Kustomization\",\"images\":[{\"name\":\"x\",\"newName\":\"y\"}]}",
            "{\"kind\":\"Kustomization\",\"images\":[{\"name\":\"x\",\"newName\":\"b.io/y\"}]}"),
        Case(
            "kind: Kustomization\nimages:\n- name: x\n  newName:\n",
            "kind: Kustomization\nimages:\n- name: x\n  newName:\n", "4:11"),
        Case("kind: Kustomization\nresources: [x.yaml]\n", "kind: Kustomization\nresources: [x.yaml]\n"),
    ])
    func kustomizationsAreRewrittenOnRequest(row: Case) throws {
        var options = Rewriting.Options()
        options.kustomize = true
        try Self.check(row, options)
        // Without the option nothing is done, and nothing told.
        try Self.check(Case(row.text, row.text))
    }

    @Test(arguments: [
        Case("image: x:1\nsidecarImage: 'y'\n", "image: b.io/x:1\nsidecarImage: 'b.io/y'\n"),
        Case(
            "web:\n  image:\n    repository: a/x # c\n    tag: 1.27\n",
            "web:\n  image:\n    repository: b.io/x # c\n    tag: 1.27\n"),
        Case(
            "image: {registry: docker.io, repository: a/x, tag: \"\"}\n",
            "image: {registry: b.io, repository: x, tag: \"\"}\n"),
        Case("image:\n  registry: \"\"\n  repository: x\n", "image:\n  registry: \"\"\n  repository: b.io/x\n"),
        Case("list:\n- image: {repository: x}\n", "list:\n- image: {repository: b.io/x}\n"),
        Case(
            "image: {pullPolicy: Always}\nimagePullSecrets: [x]\nimage2: x\n",
            "image: {pullPolicy: Always}\nimagePullSecrets: [x]\nimage2: x\n"),
        Case("a: &i {repository: x}\nimage: *i\n", "a: &i {repository: x}\nimage: *i\n", "2:8"),
        Case("image: \"{{ .x }}\"\n", "image: \"{{ .x }}\"\n", "1:8"),
        // `image` beside `registry` is the repository, as in the values of ingress-nginx
        Case(
            "controller:\n  image:\n    registry: k.io\n    image: a/x\n    tag: \"1\"\n",
            "controller:\n  image:\n    registry: b.io\n    image: x\n    tag: \"1\"\n"),
        Case("kubectl: {registry: k.io, image: a/x}\n", "kubectl: {registry: b.io, image: x}\n"),
        Case("registry: ''\nimage: a/x\n", "registry: ''\nimage: b.io/x\n"),
        Case("registry: {}\nimage: a/x\n", "registry: {}\nimage: b.io/x\n"),
        // a block by any key, and in a list
        Case("image:\n  repository: x:v1\n  tag: # c\n", "image:\n  repository: b.io/x\n  tag: v1 # c\n"),
        Case("image:\n  repository: x:v1\n  tag:\n", "image:\n  repository: b.io/x\n  tag: v1\n"),
        Case("- {repository: x, tag: 1}\n", "- {repository: b.io/x, tag: 1}\n"),
        Case("proxy:\n  repository: x\n  tag: v1\n", "proxy:\n  repository: b.io/x\n  tag: v1\n"),
        Case("a: &i {repository: x, tag: 1}\nimage: *i\n", "a: &i {repository: b.io/x, tag: 1}\nimage: *i\n"),
        Case(
            "chart: {repository: x}\nsource: {repository: https://x.io/y, tag: v1}\n",
            "chart: {repository: x}\nsource: {repository: https://x.io/y, tag: v1}\n"),
        // a part that cannot be changed keeps the whole block as it is
        Case(
            "r: &r k.io\nimage: {registry: *r, repository: a/x}\n",
            "r: &r k.io\nimage: {registry: *r, repository: a/x}\n", "2:19"),
        // any text under a key that says image
        Case("image: logo.png\n", "image: b.io/logo.png\n"),
    ])
    func valuesAreRewrittenOnRequest(row: Case) throws {
        var options = Rewriting.Options()
        options.helm = true
        try Self.check(row, options)
        try Self.check(Case(row.text, row.text))
    }

    @Test func aRuleThatChangesATagIsWrittenWhereThereIsOne() throws {
        var options = Rewriting.Options()
        options.helm = true
        let maps = "[EXACT]x:1::b.io/y:2"
        try Self.check(
            Case("image: {repository: x, tag: 1}\n", "image: {repository: b.io/y, tag: \"2\"}\n"), options, maps: maps)
        options.kustomize = true
        let kustomization = "kind: Kustomization\nimages:\n- name: x\n  newTag: \"1\"\n"
        try Self.check(Case(kustomization, kustomization, "3:9"), options, maps: maps)
    }
}
