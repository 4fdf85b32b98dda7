// The steps of a swap as expressions of CEL, with the string functions that Kubernetes adds
// (https://kubernetes.io/docs/reference/using-api/cel/).
//
// CEL has no `let`: `[value].map(name, …)[0]` is one.

extension PolicyRules {
    private static let label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
    private static let registry = "^(?:\(label)(?:[.]\(label))*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$"
    private static let component = "[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*"
    private static let digest = "sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}"
    private static let rest =
        "^\(component)(?:/\(component))*(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(?:@(?:\(digest)))?$"

    /// Image names of a list in their parts, and with their canonical names. A `fault` is no text where there is none.
    func parts(of list: String) -> String {
        let hub = #"registry == """# + (aliasing ? #" || registry.lowerAscii() == "index.docker.io""# : "")
        return """
            \(list).map(text,
              [text.contains("/") ? text.substring(0, text.indexOf("/")) : ""].map(first,
              [first.contains(".") || first.contains(":") || first == "localhost" || first.matches("[A-Z]")
                ? first : ""].map(registry,
              [registry == "" ? text : text.substring(size(registry) + 1)].map(rest,
              [rest.split("@")[0].split(":")[0]].map(path,
              [!registry.endsWith("]") && registry.contains(":")
                ? registry.substring(registry.lastIndexOf(":")) : ""].map(port,
              [\(hub)
                ? "docker.io" : registry.substring(0, size(registry) - size(port)).lowerAscii()].map(host,
                {
                  "text": text, "host": host, "port": port, "path": path, "version": rest.substring(size(path)),
                  "name": host + port + "/"
                    + (host + port == "docker.io" && !path.contains("/") ? "library/" : "") + path,
                  "fault": !text.contains("\\n") && size(path) <= 255
                    && (registry == "" || registry.matches(\(CELText.quoted(Self.registry))))
                    && rest.matches(\(CELText.quoted(Self.rest))) ? "" : "invalid"
                })[0])[0])[0])[0])[0])[0])
            """
    }

    /// Whether an image lies at a place.
    private static func holds(_ image: String, _ place: String) -> String {
        """
        (\(place).endsWith("-") ? \(image).name.startsWith(\(place))
          : \(image).name == \(place) || \(image).name.startsWith(\(place) + "/")
            || \(image).port != "" && \(image).host == \(place))
        """
    }

    /// Images with the place at which they lie already; no text where they lie at none.
    func located() -> String {
        """
        variables.parts.map(image, {
          "text": image.text, "host": image.host, "port": image.port, "path": image.path, "version": image.version,
          "name": image.name, "fault": image.fault,
          "taken": image.fault != "" ? ""
            : image.name + image.version in variables.exactPlaces ? image.name + image.version
            : [variables.allPlaces.filter(place, \(Self.holds("image", "place")))].map(all,
                string((all.filter(one, all.all(other, size(other) <= size(one))) + [""])[0]))[0]
        })
        """
    }

    /// What each image becomes, before it is looked at whether that is a valid reference at its value's place.
    func candidates() -> String {
        """
        variables.located.map(image, image.text in variables.exact
          ? {"from": image.text, "text": string(variables.exact[image.text]), "value": ""}
          : [(variables.patterns.filter(pattern, pattern.kind == "all"
              || pattern.kind == "is" && image.text == pattern.literal
              || pattern.kind == "starts" && image.text.startsWith(pattern.literal)
              || pattern.kind == "ends" && image.text.endsWith(pattern.literal)
              || pattern.kind == "contains" && image.text.contains(pattern.literal))
              + [{"kind": "none", "literal": "", "mode": "stay", "value": ""}])[0]].map(pattern,
            pattern.kind != "none" && (image.fault != "" || image.taken == "" || \(Self.names))
            ? (\(Self.patternResult))
            : image.fault != "" ? \(Self.stays)
            : \(keyed()))[0])
        """
    }

    private static let stays = #"{"from": image.text, "text": image.text, "value": ""}"#

    private static func result(_ rule: String, _ text: String) -> String {
        #"{"from": image.text, "text": string(\#(text)), "value": string(\#(rule).value)}"#
    }

    /// Whether a pattern names the place at which an image lies: its beginning reaches as far into the name.
    private static let names = """
        (pattern.kind in ["is", "starts"] && !(pattern.mode != "stay" && image.taken in variables.places[pattern.value])
          && [size(image.text) - size(image.path) - size(image.version)].map(start,
            [size(image.host + image.port) + 1 - start].map(growth,
              size(pattern.literal) + growth + (size(pattern.literal) > start
                ? size(image.name) - start - size(image.path) - growth : 0) >= size(image.taken))[0])[0])
        """

    private static let patternResult: String = {
        let last = #"image.text.substring(image.text.lastIndexOf("/") + 1)"#
        let text = #"pattern.value + (pattern.mode == "prefix" ? "" : "/") + \#(last)"#
        return #"pattern.mode == "stay" ? \#(stays) : \#(result("pattern", text))"#
    }()

    /// The longest key, first among those with the image's port.
    private func keyed() -> String {
        func fitting(_ name: String) -> String {
            #"variables.keys.filter(key, \#(name) == key.name || \#(name).startsWith(key.name + "/"))"#
        }
        return """
            [image.port == "" || size(\(fitting("image.name"))) > 0
                ? image.name : image.host + image.name.substring(size(image.host + image.port))].map(name,
              [\(fitting("name"))].map(keys,
              [(keys.filter(key, keys.all(other, size(other.name) <= size(key.name)))
                + [{"name": "", "mode": "none", "value": ""}])[0]].map(key,
                key.mode != "none" && (image.taken == "" || size(key.name) >= size(image.taken))
                ? (\(Self.keyResult))
                : \(unkeyed()))[0])[0])[0]
            """
    }

    private static let whole = #"image.host + "/" + image.path + image.version"#
    private static let pathAndVersion = #""/" + image.path + image.version"#

    private static let keyResult: String = {
        let text = """
            key.value + (key.mode == "prefix" ? \(whole)
              : key.mode == "path" ? name.substring(size(key.name)) + image.version
              : (key.mode == "registry" && (image.port == "" || name != image.name) ? image.port : "")
                + \(pathAndVersion))
            """
        return #"key.mode == "stay" ? \#(stays) : \#(result("key", text))"#
    }()

    private func unkeyed() -> String {
        guard fallback != nil else { return Self.stays }
        let rule = "variables.fallback"
        let text = #"\#(rule).value + (\#(rule).mode == "prefix" ? \#(Self.whole) : \#(Self.pathAndVersion))"#
        return """
            image.taken != "" || variables.wildcards.exists(part, image.text.contains(part)) ? \(Self.stays)
              : \(Self.result(rule, text))
            """
    }

    /// What each image becomes.
    func results() -> String {
        """
        variables.candidates.map(candidate,
          [variables.made.filter(image, image.text == candidate.text)[0]].map(image,
            image.fault == "" && (candidate.value == ""
              || variables.places[candidate.value].exists(place, \(Self.holds("image", "place"))))
            ? candidate.text : candidate.from)[0])
        """
    }
}
