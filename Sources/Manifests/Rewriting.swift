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

    package struct Options: Sendable {
        package var disableLabel = "k8s.twr.io/imageswap"
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

    package init(_ manifest: Manifest, under policy: SwapPolicy, options: Options = Options()) {
        for tree in manifest.documents where !tree.nodes.isEmpty {
            var document = DocumentRewriting(tree: tree, bytes: manifest.bytes, policy: policy)
            document.kept = options.kept
            if options.kustomize, tree.isKustomization {
                document.rewriteKustomization()
            } else if options.helm, tree.string(tree.value(Tree.root, "kind")) == nil, !tree.isArrayOfObjects {
                document.rewriteValues()
            } else {
                document.rewriteObjects(disableLabel: options.disableLabel)
            }
            edits += document.edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
            uses += document.uses
            remarks += document.remarks
        }
    }

    /// The file as it is to be.
    package func result(of manifest: Manifest) -> [UInt8] { manifest.bytes.applying(edits) }
}

/// One document being rewritten.
struct DocumentRewriting {
    let tree: Tree
    let bytes: [UInt8]
    let policy: SwapPolicy
    var edits: [Edit] = []
    var uses: [Rewriting.Use] = []
    var remarks: [Rewriting.Remark] = []
    /// Names of images that stay, since kustomizations find them by these.
    var kept: [String: Kustomizations.Kept] = [:]

    init(tree: Tree, bytes: [UInt8], policy: SwapPolicy) {
        (self.tree, self.bytes, self.policy) = (tree, bytes, policy)
    }

    /// A scalar that the image fields of objects lead to.
    private struct Wanted {
        let result: String
        /// The uses of each field's own node: of the scalar, or of an alias of it.
        var visits: [Int: [Int]] = [:]
        var shadowed = 0
    }

    mutating func rewriteObjects(disableLabel: String) {
        var wanted: [Int: Wanted] = [:]
        var order: [Int] = []
        var shadowed: [Int: Int] = [:]
        for object in tree.objects() {
            let isOptedOut = tree.isOptedOut(object, disableLabel: disableLabel)
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
                        offset: tree.nodes[site.value].range.lowerBound, object: object, container: site.name))
                guard !isOptedOut, swap.isChanged, !isKept(scalar.text, at: site.value) else { continue }
                if wanted[site.scalar] == nil { order.append(site.scalar) }
                wanted[site.scalar, default: Wanted(result: result)].visits[site.value, default: []]
                    .append(uses.count - 1)
            }
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
        if visits + image.shadowed >= tree.occurrences(of: scalar, &known) {
            edits.append(tree.replacement(of: scalar, by: image.result, in: bytes))
            for uses in image.visits.values { markMade(uses) }
            return
        }
        for (value, uses) in image.visits.sorted(by: { $0.key < $1.key }) {
            let holder = Int(tree.nodes[value].parent)
            if value != scalar, holder >= 0, uses.count >= tree.occurrences(of: holder, &known) {
                let text = PlainScalar.takes(image.result) ? image.result : "\"\(image.result)\""
                edits.append(Edit(tree.nodes[value].range, text))
                markMade(uses)
            } else {
                remark(.stuck, value, "an alias uses this image elsewhere too: it is left alone")
            }
        }
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
