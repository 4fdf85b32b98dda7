import Admission
import ImageSwap
import Manifests
import Testing

/// Generated manifests: nothing but images changes, and the images are those that the webhook gives.
struct RewritingPropertyTests {
    static let maps = """
        default::registry.example.com
        docker.io::registry.example.com/dockerhub
        docker.io/library::registry.example.com/library
        quay.io::mirror.example.com/q-
        registry.k8s.io::registry.example.com:5000
        ghcr.io::
        [EXACT]busybox:1.36::registry.example.com/tools/busybox:1.36.1
        [REPLACE]*/debug-*::registry.example.com/debug
        """

    @Test func fiveHundredManifestsKeepAllOtherBytes() throws {
        let policy = SwapPolicy.maps(Rules(MapFile(Self.maps)))
        var images = 0
        var objects = 0
        for seed in UInt64(1)...500 {
            let random = RandomManifest(seed: seed, policy: policy)
            let manifest = try Manifest(Array(random.text.utf8))
            let rewriting = Rewriting(manifest, under: policy)
            let result = rewriting.result(of: manifest)
            guard String(decoding: result, as: UTF8.self) == random.wanted, rewriting.remarks.isEmpty else {
                Issue.record("seed \(seed) gives\n\(String(decoding: result, as: UTF8.self))\nfor\n\(random.wanted)")
                return
            }
            images += random.images
            // Once more: nothing changes.
            let again = try Manifest(result)
            #expect(Rewriting(again, under: policy).edits.isEmpty, "seed \(seed)")
            objects += try Self.compareWithTheWebhook(manifest, again, policy, seed)
        }
        #expect(images > 500 && objects > 500)
    }

    /// Each object, before, by the webhook's patch, and after: the same. How many objects there were.
    static func compareWithTheWebhook(
        _ old: Manifest, _ new: Manifest, _ policy: SwapPolicy, _ seed: UInt64
    ) throws -> Int {
        var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
        var count = 0
        for (oldTree, newTree) in zip(old.documents, new.documents) {
            for (object, changed) in zip(oldTree.objects(), newTree.objects()) {
                count += 1
                let json = Array(oldTree.json(object.node).utf8)
                let body =
                    Array(
                        """
                        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",\
                        "operation":"CREATE","kind":{"kind":"\(object.kind)"},"object":
                        """.utf8) + json + Array("}}".utf8)
                _ = try reviewer.review(body.span, under: policy)
                let tree = try Tree(json: json)
                let edits = try reviewer.images.filter(\.swap.isChanged).map { image in
                    let node = try #require(tree.node(at: image.field.pointer, below: Tree.root))
                    let text = String(decoding: reviewer.results[image.result], as: UTF8.self)
                    return Edit(tree.nodes[node].range, "\"\(text)\"")
                }.sorted { $0.range.lowerBound < $1.range.lowerBound }
                let patched = String(decoding: json.applying(edits), as: UTF8.self)
                #expect(patched == newTree.json(changed.node), "seed \(seed)")
            }
        }
        return count
    }
}
