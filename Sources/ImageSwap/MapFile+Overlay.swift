extension MapFile {
    /// Whether nothing stands in it that could serve.
    package var isEmpty: Bool { rules.isEmpty && pullSecrets.isEmpty }

    /// This file with a namespace's own laid over it: of rules with the same key the namespace's counts, and its patterns
    /// stand before this file's. What is wrong in either is told of elsewhere.
    package func overlaid(by own: MapFile) -> MapFile {
        let keys = Set(own.rules.map(\.key))
        let places = Set(own.pullSecrets.map(\.place))
        var rules = own.rules
        for index in rules.indices { rules[index].isOfNamespace = true }
        var secrets = own.pullSecrets
        for index in secrets.indices { secrets[index].isOfNamespace = true }
        return MapFile(
            rules: rules + self.rules.filter { !keys.contains($0.key) },
            pullSecrets: pullSecrets.filter { !places.contains($0.place) } + secrets)
    }

    private init(rules: [Rule], pullSecrets: [PullSecret]) {
        self.init([UInt8]().span)
        self.rules = rules
        self.pullSecrets = pullSecrets
    }
}
