// Which manifests, and what of them is swapped.

import Admission
import ArgumentParser
import Manifests

/// Options of the commands that read manifests.
struct ManifestOptions: ParsableArguments {
    @Argument(help: "Files and directories; - or nothing is standard input.", completion: .file())
    var paths: [String] = ["-"]

    @OptionGroup var rules: RulesOptions

    @Flag(help: "Take images: of kustomizations too, and leave what they find by its name.")
    var kustomize = false

    @Flag(help: "Take a chart's values too: image: NAME, and blocks of registry, repository (or image) and tag.")
    var helmValues = false

    @Option(help: "The label that, with the value \"disabled\", keeps an object from being swapped.")
    var disableLabel = "k8s.twr.io/imageswap"

    func validate() throws {
        try rules.check(inputs: paths)
        try LabelKey.check(disableLabel)
    }

    var rewriting: Rewriting.Options {
        var options = Rewriting.Options()
        options.disableLabel = disableLabel
        options.kustomize = kustomize
        options.helm = helmValues
        return options
    }
}
