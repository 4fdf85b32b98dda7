import FuzzSupport
import ImageSwap
import Manifests

/// Any bytes as a manifest: an object, a kustomization or a chart's values.
@c(LLVMFuzzerTestOneInput)
public func fuzzManifest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe withInput(start, count) { bytes in
        let bytes = bytes.copied(0..<bytes.count)
        guard let manifest = try? Manifest(bytes) else { return }
        let policy = SwapPolicy.legacy(prefix: Array("b.io/m-".utf8))
        for mode in 0..<3 {
            var options = Rewriting.Options()
            options.kustomize = mode == 1
            options.helm = mode == 2
            check(Rewriting(manifest, under: policy, options: options), of: manifest, policy, options)
        }
    }
}

private func check(
    _ rewriting: Rewriting, of manifest: Manifest, _ policy: SwapPolicy, _ options: Rewriting.Options
) {
    var end = 0
    for edit in rewriting.edits {
        require(
            edit.range.lowerBound >= end && edit.range.upperBound <= manifest.bytes.count, "edits are apart: \(edit)")
        end = edit.range.upperBound
    }
    for use in rewriting.uses { require(manifest.bytes.indices.contains(use.offset), "a use has a place: \(use)") }
    for remark in rewriting.remarks { require(manifest.place(remark.offset).line >= 1, "so has a remark: \(remark)") }
    guard !rewriting.edits.isEmpty else { return }
    let result = rewriting.result(of: manifest)
    require(UnifiedDiff(rewriting.edits, of: manifest.bytes).text(path: "f").count > 10, "edits are a diff")
    guard let changed = try? Manifest(result) else {
        return require(false, "a manifest stays one: \(String(decoding: result, as: UTF8.self).debugDescription)")
    }
    let again = Rewriting(changed, under: policy, options: options)
    require(again.edits.isEmpty, "what was swapped stays: \(again.edits)")
    require(
        again.uses.map(\.image)
            == rewriting.uses.map { $0.isMade ? $0.result : $0.image } || !rewriting.remarks.isEmpty,
        "every image is what was told: \(again.uses.map(\.image))")
}
