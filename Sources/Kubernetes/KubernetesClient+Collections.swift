// Lists and watches: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes

private import FoundationEssentials

/// What a watch tells.
package enum WatchEvent<Object: Decodable & Sendable>: Sendable {
    /// It came, or was changed.
    case changed(Object)
    /// It went, or the selectors choose it no longer.
    case deleted(Object)
    /// Nothing happened up to this version.
    case bookmark(resourceVersion: String)
}

extension KubernetesClient {
    /// Objects a page: Secrets are 1 MiB at most, and mostly of some KiB.
    private static let page = 100
    /// How often a list is begun again whose rest the server does not keep any more.
    private static let attempts = 5

    /// Lists all objects, a page at a time.
    ///
    /// - Parameter keep: What is kept of each; nil: nothing.
    /// - Returns: What was kept, and the version that a watch goes on from.
    package func list<Object, Kept>(
        _ collection: ObjectCollection<Object>, keep: (Object) -> Kept?
    ) throws(KubernetesError) -> (objects: [Kept], resourceVersion: String) {
        let call = collection.call("list")
        for attempt in 1... {
            var objects: [Kept] = []
            var rest: String?
            do throws(KubernetesError) {
                while true {
                    var query = ["limit=\(Self.page)"]
                    if let rest { query.append("continue=" + segment(rest)) }
                    let request = Request(call: call, method: "GET", path: path(collection, query))
                    let list: Page<Object> = try decode(try send(request), call)
                    for object in list.items ?? [] {
                        if let kept = keep(object) { objects.append(kept) }
                    }
                    rest = list.metadata.continue
                    guard rest?.isEmpty == false else {
                        return (objects, list.metadata.resourceVersion ?? "")
                    }
                }
            } catch {
                // The rest of a list is kept for some minutes. Without a rest asked for, 410 has no sense.
                guard error.isExpired, rest != nil, attempt < Self.attempts else { throw error }
            }
        }
        // The loop has no end.
        throw KubernetesError(call, .unreadable("the list has no end"))
    }

    /// Watches from a version on, until the server ends it, after `seconds` at the latest. It is not tried again.
    ///
    /// Throws `.expired` where the version is too old, before the watch began or within it: list again then.
    ///
    /// - Parameter take: Told each event; false ends the watch.
    package func watch<Object>(
        _ collection: ObjectCollection<Object>, from resourceVersion: String, seconds: Int,
        take: (WatchEvent<Object>) -> Bool
    ) throws(KubernetesError) {
        let call = collection.call("watch")
        let query = [
            "watch=true", "allowWatchBookmarks=true", "resourceVersion=" + segment(resourceVersion),
            "timeoutSeconds=\(seconds)",
        ]
        let request = Request(call: call, method: "GET", path: path(collection, query))
        var failure: KubernetesError?
        var isOver = false
        let result = try withoutActuallyEscaping({ (line: ArraySlice<UInt8>) -> Bool in
            do throws(KubernetesError) {
                isOver = !take(try self.event(line, call))
            } catch {
                failure = error
            }
            return failure == nil && !isOver
        }) { (take) throws(KubernetesError) in
            let buffer = LineBuffer(take)
            // Beyond what the server was asked for, which it may fail to keep to.
            return try sendOnce(request, timeout: .seconds(seconds + Self.overtime), into: buffer)
        }
        if let failure { throw failure }
        if isOver { return }
        switch result {
        case .success(let answer) where (200..<300).contains(answer.status): return
        case .success(let answer): throw KubernetesError(call, answer.cause)
        case .failure(let transfer): throw KubernetesError(call, .unreachable(transfer.text))
        }
    }

    /// Seconds that a watch may take longer than it should.
    private static var overtime: Int { 15 }

    private func event<Object>(
        _ line: ArraySlice<UInt8>, _ call: KubernetesError.Call
    ) throws(KubernetesError) -> WatchEvent<Object> {
        let event: EventLine<Object> = try decode(Array(line), call)
        switch event {
        case .event(let event): return event
        case .failure(let status):
            if status.code == 410 { throw KubernetesError(call, .expired(status.message ?? "")) }
            let answer = HTTPAnswer(
                status: status.code ?? 500, headers: [:], body: Array(status.message?.utf8 ?? "".utf8))
            throw KubernetesError(call, answer.cause)
        }
    }

    private func path<Object>(_ collection: ObjectCollection<Object>, _ query: [String]) -> String {
        var query = query
        if let labels = collection.labelSelector { query.append("labelSelector=" + segment(labels)) }
        if let name = collection.name { query.append("fieldSelector=" + segment("metadata.name=\(name)")) }
        return collection.path + "?" + query.joined(separator: "&")
    }
}

private struct Page<Object: Decodable>: Decodable {
    struct Metadata: Decodable {
        var resourceVersion: String?
        var `continue`: String?
    }

    var metadata: Metadata
    /// Go writes a list that is empty as null.
    var items: [Object]?
}

/// One line of a watch: `{"type": …, "object": …}`.
private enum EventLine<Object: Decodable & Sendable>: Decodable {
    case event(WatchEvent<Object>)
    case failure(StatusBody)

    private enum Keys: String, CodingKey {
        case type, object
    }

    private struct Marker: Decodable {
        struct Metadata: Decodable {
            var resourceVersion: String
        }

        var metadata: Metadata
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        switch try fields.decode(String.self, forKey: .type) {
        case "ADDED", "MODIFIED": self = .event(.changed(try fields.decode(Object.self, forKey: .object)))
        case "DELETED": self = .event(.deleted(try fields.decode(Object.self, forKey: .object)))
        case "BOOKMARK":
            let version = try fields.decode(Marker.self, forKey: .object).metadata.resourceVersion
            self = .event(.bookmark(resourceVersion: version))
        case "ERROR": self = .failure(try fields.decode(StatusBody.self, forKey: .object))
        default:
            throw DecodingError.dataCorruptedError(forKey: .type, in: fields, debugDescription: "no type of an event")
        }
    }
}
