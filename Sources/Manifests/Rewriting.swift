package import ImageSwap

/// What a policy makes of a manifest.
package struct Rewriting: Sendable {
    /// An image that is used.
    package struct Use: Sendable {
        package let image: String
        /// Itself where it stays.
        package let result: String
        /// Nil where its object is left alone.
        package let swap: Swap?
        /// The byte at which it stands.
        package let offset: Int
        package let object: ManifestObject?
        package let container: String
        /// Whose rules counted; empty where no namespace is known.
        package internal(set) var namespace = ""

        /// Whether the result stands in the rewritten file.
        package internal(set) var isMade = false

        package var isChanged: Bool { swap?.isChanged ?? false }
    }

    /// An image that was left alone though a swap would change it, or may.
    package struct Remark: Sendable {
        package enum Kind: Sendable {
            /// A `{{` stands in it.
            case template
            /// What stands there cannot be changed by itself.
            case stuck
        }

        package let kind: Kind
        package let offset: Int
        package let text: String
    }

    /// Secrets that the pods of an object need to pull their images, and do not name. They are told of, not written: a pod is
    /// given them by the webhook, when it is made; a template with secrets of its own would keep its pods from getting the
    /// service account's.
    package struct PullSecretNeed: Sendable {
        package let object: ManifestObject
        package let names: [String]
    }

    package struct Options: Sendable {
        package var disableLabel = "k8s.twr.io/imageswap"
        /// That label says nothing.
        package var ignoresLabels = false
        /// The namespace of what names none.
        package var namespace = ""
        /// Rewrite `images:` of kustomizations.
        package var kustomize = false
        /// Rewrite image blocks of documents that are no Kubernetes objects: a chart's values.
        package var helm = false
        /// Names of images that stay, since kustomizations find them by these.
        package var kept: [String: Kustomizations.Kept] = [:]

        package init() {}
    }

    /// In the order of the file.
    package private(set) var edits: [Edit] = []
    package private(set) var uses: [Use] = []
    package private(set) var remarks: [Remark] = []
    package private(set) var pullSecretNeeds: [PullSecretNeed] = []

    package init(_ manifest: Manifest, under policy: SwapPolicy, options: Options = Options()) {
        self.init(manifest, options: options) { _ in policy }
    }

    /// - Parameter rules: The rules of a namespace; of the empty text where none is known.
    package init(_ manifest: Manifest, options: Options, rules: (_ namespace: String) -> SwapPolicy) {
        for tree in manifest.documents where !tree.nodes.isEmpty {
            var document = DocumentRewriting(
                tree: tree, bytes: manifest.bytes, policy: rules(options.namespace), namespace: options.namespace)
            document.kept = options.kept
            if options.kustomize, tree.isKustomization {
                document.rewriteKustomization()
            } else if options.helm, tree.string(tree.value(Tree.root, "kind")) == nil, !tree.isArrayOfObjects {
                document.rewriteValues()
            } else {
                document.rewriteObjects(label: options.ignoresLabels ? nil : options.disableLabel, rules)
            }
            edits += document.edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
            uses += document.uses
            remarks += document.remarks
            pullSecretNeeds += document.pullSecretNeeds
        }
    }

    /// The file as it is to be.
    package func result(of manifest: Manifest) -> [UInt8] { manifest.bytes.applying(edits) }
}

/// One document being rewritten.
struct DocumentRewriting {
    let tree: Tree
    let bytes: [UInt8]
    /// The rules for what names no namespace of its own.
    let policy: SwapPolicy
    private let namespace: String
    var edits: [Edit] = []
    var uses: [Rewriting.Use] = []
    var remarks: [Rewriting.Remark] = []
    private(set) var pullSecretNeeds: [Rewriting.PullSecretNeed] = []
    /// Names of images that stay, since kustomizations find them by these.
    var kept: [String: Kustomizations.Kept] = [:]

    init(tree: Tree, bytes: [UInt8], policy: SwapPolicy, namespace: String) {
        (self.tree, self.bytes, self.policy, self.namespace) = (tree, bytes, policy, namespace)
    }

    /// A scalar that the image fields of objects lead to.
    private struct Wanted {
        /// What it is to become; more than one where objects of different namespaces lead to it.
        var results: Set<String> = []
        /// The uses of each field's own node: of the scalar, or of an alias of it.
        var visits: [Int: [Int]] = [:]
        var shadowed = 0
    }

    /// - Parameter label: what leaves objects alone; nil where labels say nothing.
    mutating func rewriteObjects(label: String?, _ rules: (_ namespace: String) -> SwapPolicy) {
        var wanted: [Int: Wanted] = [:]
        var order: [Int] = []
        var shadowed: [Int: Int] = [:]
        for object in tree.objects() {
            let isOptedOut = tree.isOptedOut(object, label: label)
            let namespace = object.namespace.isEmpty ? self.namespace : object.namespace
            let policy = rules(namespace)
            let first = uses.count
            for site in tree.images(of: object) {
                let scalar = tree.nodes[site.scalar]
                guard scalar.kind == .scalar, scalar.isString else {
                    remarkTemplate(site.value)
                    continue
                }
                guard !scalar.text.contains("{{") else {
                    remarkTemplate(site.value)
                    continue
                }
                let (result, swap) = policy.swap(scalar.text)
                uses.append(
                    Rewriting.Use(
                        image: scalar.text, result: isOptedOut ? scalar.text : result, swap: isOptedOut ? nil : swap,
                        offset: tree.nodes[site.value].range.lowerBound, object: object, container: site.name,
                        namespace: namespace))
                guard !isOptedOut, swap.isChanged, !isKept(scalar.text, at: site.value) else { continue }
                if wanted[site.scalar] == nil { order.append(site.scalar) }
                wanted[site.scalar, default: Wanted()].results.insert(result)
                wanted[site.scalar, default: Wanted()].visits[site.value, default: []].append(uses.count - 1)
            }
            if !isOptedOut { findPullSecrets(of: object, uses[first...], policy) }
            if !isOptedOut { for scalar in tree.shadowedImages(of: object) { shadowed[scalar, default: 0] += 1 } }
        }
        var known: [Int: Int] = [:]
        for scalar in order {
            guard var image = wanted[scalar] else { continue }
            image.shadowed = shadowed[scalar] ?? 0
            settle(scalar, image, &known)
        }
    }

    /// Changes a scalar where all that it stands for changes with it, else the aliases of it that are images.
    private mutating func settle(_ scalar: Int, _ image: Wanted, _ known: inout [Int: Int]) {
        let visits = image.visits.values.reduce(0) { $0 + $1.count }
        if let result = image.results.first, image.results.count == 1,
            visits + image.shadowed >= tree.occurrences(of: scalar, &known)
        {
            edits.append(tree.replacement(of: scalar, by: result, in: bytes))
            for uses in image.visits.values { markMade(uses) }
            return
        }
        for (value, uses) in image.visits.sorted(by: { $0.key < $1.key }) {
            let holder = Int(tree.nodes[value].parent)
            let results = Set(uses.map { self.uses[$0].result })
            if value != scalar, holder >= 0, let result = results.first, results.count == 1,
                uses.count >= tree.occurrences(of: holder, &known)
            {
                let text = PlainScalar.takes(result) ? result : "\"\(result)\""
                edits.append(Edit(tree.nodes[value].range, text))
                markMade(uses)
            } else {
                remark(.stuck, value, "an alias uses this image elsewhere too: it is left alone")
            }
        }
    }

    /// What the pods of an object need besides what they name.
    private mutating func findPullSecrets(
        of object: ManifestObject, _ uses: ArraySlice<Rewriting.Use>, _ policy: SwapPolicy
    ) {
        guard let secrets = policy.pullSecrets else { return }
        var needs = PullSecretNeeds()
        needs.begin(secrets)
        for name in tree.pullSecrets(of: object) { needs.has(Array(name.utf8).span, secrets) }
        for use in uses { needs.needs(Array(use.result.utf8).span, secrets) }
        guard !needs.missing.isEmpty else { return }
        let names = needs.missing.map { String(decoding: secrets.names[$0], as: UTF8.self) }
        pullSecretNeeds.append(Rewriting.PullSecretNeed(object: object, names: names))
    }

    private mutating func markMade(_ indices: [Int]) {
        for index in indices { uses[index].isMade = true }
    }

    mutating func remark(_ kind: Rewriting.Remark.Kind, _ node: Int, _ text: String) {
        remarks.append(Rewriting.Remark(kind: kind, offset: tree.nodes[node].range.lowerBound, text: text))
    }

    /// Whether an image keeps its name for the sake of kustomizations, and says so where that costs it its swap.
    mutating func isKept(_ image: String, at node: Int) -> Bool {
        guard !kept.isEmpty, let kept = kept[Kustomizations.name(of: image)] else { return false }
        if case .stuck(let reason) = kept { remark(.stuck, node, reason) }
        return true
    }

    /// Says so where a template stands for an image.
    mutating func remarkTemplate(_ node: Int) {
        let source = bytes[tree.nodes[tree.resolved(node)].range]
        guard String(decoding: source, as: UTF8.self).contains("{{") else { return }
        remark(.template, node, "a template stands here: it is left alone")
    }
}
