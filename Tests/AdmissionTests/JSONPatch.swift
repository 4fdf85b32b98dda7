import Foundation
import Testing

/// A JSON Patch (RFC 6902) applied as kube-apiserver applies it: what does not fit is an error.
struct JSONPatch {
    struct DoesNotApply: Error {
        let operation: String
    }

    let operations: [[String: Any]]

    func applied(to object: Any) throws -> Any {
        try operations.reduce(object) { object, operation in
            let path = try #require(operation["path"] as? String)
            let tokens = path.split(separator: "/").map(String.init)[...]
            return try Self.apply(operation, to: object, at: tokens)
        }
    }

    private static func apply(_ operation: [String: Any], to value: Any, at path: ArraySlice<String>) throws -> Any {
        let failure = DoesNotApply(operation: "\(operation)")
        guard let name = path.first, let new = operation["value"] else { throw failure }
        let rest = path.dropFirst()
        let isAdd = operation["op"] as? String == "add"
        guard isAdd || operation["op"] as? String == "replace" else { throw failure }
        if var object = value as? [String: Any] {
            if rest.isEmpty {
                guard isAdd || object[name] != nil else { throw failure }
                object[name] = new
            } else {
                guard let inner = object[name] else { throw failure }
                object[name] = try apply(operation, to: inner, at: rest)
            }
            return object
        }
        guard var list = value as? [Any] else { throw failure }
        if rest.isEmpty, isAdd, name == "-" { return list + [new] }
        guard let index = Int(name), list.indices.contains(index) else { throw failure }
        list[index] = rest.isEmpty && !isAdd ? new : try apply(operation, to: list[index], at: rest)
        return list
    }
}

extension Answer {
    /// The patch as it is, of whatever operations; empty where the answer has none.
    func patchOperations() throws -> [[String: Any]] {
        guard let patch = response["patch"] as? String else { return [] }
        let data = try #require(Data(base64Encoded: patch))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    }
}
