extension Validation {
    /// Bytes are base64 as Go reads it: line breaks count for nothing. Answers the place of the first fault.
    static func firstFault(inBase64 text: String) -> Int? {
        let kept = text.filter { !$0.isNewline }
        let letters = kept.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "/") }
        let rest = kept.dropFirst(letters.count)
        if rest.allSatisfy({ $0 == "=" }), rest.count < 3, kept.count.isMultiple(of: 4) { return nil }
        return letters.count
    }

    /// The object with each field of bytes as the server writes it; throws the place of what is no base64.
    static func decoded(_ object: JSONValue, _ resource: APIResource) throws(BadBase64) -> JSONValue {
        func clean(_ value: JSONValue?) throws(BadBase64) -> JSONValue? {
            guard let text = value?.string else { return value }
            if let place = firstFault(inBase64: text) { throw BadBase64(place: place) }
            return .string(text.filter { !$0.isNewline })
        }
        var result = object
        switch resource {
        case .secrets:
            for (key, value) in object["data"]?.object ?? [:] { result["data"]?[key] = try clean(value) }
        case .certificateSigningRequests: result["spec"]?["request"] = try clean(object["spec"]?["request"])
        case .namespaces, .configMaps, .admissionPolicies, .admissionPolicyBindings, .selfSubjectReviews: break
        case .webhookConfigurations:
            guard var webhooks = object["webhooks"]?.array else { break }
            for index in webhooks.indices where webhooks[index]["clientConfig"]?["caBundle"] != nil {
                let bundle = try clean(webhooks[index]["clientConfig"]?["caBundle"])
                webhooks[index]["clientConfig"]?["caBundle"] = bundle
            }
            result["webhooks"] = .array(webhooks)
        }
        return result
    }

    struct BadBase64: Error {
        let place: Int
    }
}
