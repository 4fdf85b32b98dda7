extension MapFile {
    /// Whether nothing stands in it that could serve.
    package var isEmpty: Bool { rules.isEmpty && pullSecrets.isEmpty && verifiedPlaces.isEmpty }

    /// This file with a namespace's own laid over it: of rules with the same key the namespace's counts, and its patterns
    /// stand before this file's. What is wrong in either is told of elsewhere.
    package func overlaid(by own: MapFile) -> MapFile {
        let keys = Set(own.rules.map(\.key))
        let places = Set(own.pullSecrets.map(\.place))
        let verified = Set(own.verifiedPlaces.map(\.place))
        var rules = own.rules
        for index in rules.indices { rules[index].isOfNamespace = true }
        var secrets = own.pullSecrets
        for index in secrets.indices { secrets[index].isOfNamespace = true }
        var asked = own.verifiedPlaces
        for index in asked.indices { asked[index].isOfNamespace = true }
        return MapFile(
            rules: rules + self.rules.filter { !keys.contains($0.key) },
            pullSecrets: pullSecrets.filter { !places.contains($0.place) } + secrets,
            verifiedPlaces: verifiedPlaces.filter { !verified.contains($0.place) } + asked)
    }

    private init(rules: [Rule], pullSecrets: [PullSecret], verifiedPlaces: [VerifiedPlace]) {
        self.init([UInt8]().span)
        self.rules = rules
        self.pullSecrets = pullSecrets
        self.verifiedPlaces = verifiedPlaces
    }
}
