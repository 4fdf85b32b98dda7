package import ImageSwap

/// A map file as a MutatingAdmissionPolicy, which swaps the images of pods within the API server
/// (https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/).
package struct MutatingPolicy: Sendable {
    package struct Variable: Equatable, Sendable {
        package let name: String
        package let expression: String
    }

    package let conditions: [Variable]
    /// In an order in which each needs only what stands before it.
    package let variables: [Variable]
    package let patch: String

    /// - Parameter label: the label that keeps a pod from being swapped, with the value `disabled` or `audit` (a policy has
    ///   no way to tell what would be swapped); nil where labels say nothing.
    package init(_ file: MapFile, label: String?) throws(PolicyError) {
        let rules = try PolicyRules(file)
        let byLabel = label.map(CELText.quoted).map { label in
            Variable(
                name: "not-disabled",
                expression: """
                    !has(object.metadata.labels) || !(\(label) in object.metadata.labels)
                      || !(object.metadata.labels[\(label)] in ["disabled", "audit"])
                    """)
        }
        conditions = [
            byLabel,
            Variable(
                name: "no-mirror-pod",
                expression: """
                    !has(object.metadata.annotations)
                      || !("kubernetes.io/config.mirror" in object.metadata.annotations)
                    """),
        ].compactMap { $0 }
        var variables = Self.lists.map { list in
            Variable(name: list, expression: "has(object.spec.\(list)) ? object.spec.\(list) : []")
        }
        func add(_ name: String, _ expression: String) {
            variables.append(Variable(name: name, expression: expression))
        }
        add("images", Self.lists.map { Self.images(of: $0) }.joined(separator: "\n+ "))
        add("kept", Self.kept)
        add("exact", CELText.lines(rules.exact))
        add("patterns", CELText.lines(rules.patterns))
        add("keys", CELText.lines(rules.keys))
        add("places", CELText.lines(rules.places))
        add("allPlaces", CELText.lines(rules.allPlaces))
        add("exactPlaces", CELText.lines(rules.exactPlaces))
        add("wildcards", CELText.lines(rules.wildcards))
        if let fallback = rules.fallback { add("fallback", fallback.text) }
        add("parts", rules.parts(of: "variables.images"))
        add("located", rules.located())
        add("candidates", rules.candidates())
        add("made", rules.parts(of: "variables.candidates.map(candidate, candidate.text)"))
        add("results", rules.results())
        self.variables = variables
        patch = Self.patch
    }

    private static let lists = ["containers", "initContainers", "ephemeralContainers", "volumes"]

    /// An image of each element; the empty text where it has none, which is no valid reference.
    private static func images(of list: String) -> String {
        list == "volumes"
            ? """
            variables.volumes.map(one, has(one.image) && has(one.image.reference) ? string(one.image.reference) : "")
            """ : "variables.\(list).map(one, has(one.image) ? string(one.image) : \"\")"
    }

    private static func key(_ list: String, _ element: String) -> String {
        let image = list == "volumes" ? "\(element).image.reference" : "\(element).image"
        return "\"\(list) \" + \(element).name + \" \" + \(image)"
    }

    /// What an update does not set itself: the images that elements of the same name had.
    private static var kept: String {
        let old = lists.map { list -> String in
            let has =
                list == "volumes" ? "has(one.image) && has(one.image.reference)" : "has(one.image)"
            return """
                (has(oldObject.spec.\(list)) ? oldObject.spec.\(list).filter(one, \(has)).map(one, \(key(list, "one"))) : [])
                """
        }
        return "oldObject == null ? [] : " + old.joined(separator: "\n+ ")
    }

    private static var patch: String {
        var offset = "0"
        var parts: [String] = []
        for list in lists {
            let index = offset == "0" ? "i" : "i + \(offset)"
            let field = list == "volumes" ? "/image/reference" : "/image"
            parts.append(
                """
                variables.\(list).transformList(i, one,
                  variables.results[\(index)] != variables.images[\(index)] && !(\(key(list, "one")) in variables.kept),
                  JSONPatch{op: "replace", path: "/spec/\(list)/" + string(i) + "\(field)", value: variables.results[\(index)]})
                """)
            offset = offset == "0" ? "size(variables.\(list))" : "\(offset) + size(variables.\(list))"
        }
        return parts.joined(separator: "\n+ ")
    }
}
