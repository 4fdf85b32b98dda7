// Which manifests, and what of them is swapped.

import ArgumentParser
import Manifests

/// Options of the commands that read manifests.
struct ManifestOptions: ParsableArguments {
    @Argument(help: "Files and directories; - or nothing is standard input.", completion: .file())
    var paths: [String] = ["-"]

    @OptionGroup var rules: RulesOptions

    @OptionGroup var namespace: NamespaceOption

    @Flag(help: "Take images: of kustomizations too, and leave what they find by its name.")
    var kustomize = false

    @Flag(help: "Take a chart's values too: image: NAME, and blocks of registry, repository (or image) and tag.")
    var helmValues = false

    @OptionGroup var label: LabelOptions

    func validate() throws {
        try rules.check(inputs: paths)
        try namespace.check(rules)
    }

    var rewriting: Rewriting.Options {
        var options = Rewriting.Options()
        options.disableLabel = label.disableLabel
        options.ignoresLabels = label.ignoreLabels
        options.namespace = namespace.namespace ?? ""
        options.kustomize = kustomize
        options.helm = helmValues
        return options
    }
}
