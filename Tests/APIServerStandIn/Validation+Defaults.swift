extension Validation {
    /// What the server says where nothing is said.
    static func defaulted(_ object: JSONValue, _ resource: APIResource) -> JSONValue {
        var result = object
        if resource == .secrets, object["type"] == nil { result["type"] = "Opaque" }
        guard resource == .webhookConfigurations, let webhooks = object["webhooks"]?.array else { return result }
        let standards: [(String, JSONValue)] = [
            ("failurePolicy", "Fail"), ("matchPolicy", "Equivalent"), ("namespaceSelector", [:]),
            ("objectSelector", [:]), ("timeoutSeconds", 10), ("reinvocationPolicy", "Never"),
        ]
        result["webhooks"] =
            webhooks.isEmpty
            ? nil
            : .array(
                webhooks.map { webhook in
                    var webhook = webhook
                    for (key, value) in standards where webhook[key] == nil { webhook[key] = value }
                    if let service = webhook["clientConfig"]?["service"], service["port"] == nil {
                        webhook["clientConfig"]?["service"]?["port"] = 443
                    }
                    let rules = webhook["rules"]?.array?.map { rule in
                        var rule = rule
                        rule["scope"] = rule["scope"] ?? "*"
                        return rule
                    }
                    webhook["rules"] = rules.map { .array($0) }
                    return webhook
                })
        return result
    }
}
