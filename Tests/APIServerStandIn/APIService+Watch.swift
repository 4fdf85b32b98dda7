import Posix

/// Watches: what changes is told as it happens, a line of JSON each, in chunks.
extension APIService {
    /// The longest watch where the client asks for none.
    private static let longest = Duration.seconds(1800)

    /// Tells changes until the client has gone, its time is over, or its version is too old. False where the connection
    /// is to end.
    func watch(_ request: APIRequest, _ fault: Fault?, over stream: borrowing TLSStream) -> Bool {
        guard let resource = request.resource else { return false }
        let selection = Selection(request)
        let time = request.query["timeoutSeconds"].flatMap { Int($0) }.map { Duration.seconds($0) } ?? Self.longest
        let deadline = MonotonicTime.now + time
        var output = WatchOutput(fault)
        guard output.begin(over: stream) else { return false }
        var seen = request.query["resourceVersion"].flatMap { Int($0) } ?? 0
        var bookmarks = cluster.withLock { $0.bookmarks }
        while MonotonicTime.now < deadline, !stream.hasInput {
            let pause = MonotonicTime.now + .milliseconds(20)
            var hasBookmark = false
            let lines = cluster.withLock(
                when: { $0.store.version > seen || $0.bookmarks > bookmarks }, before: pause
            ) { cluster -> [JSONValue] in
                guard seen >= cluster.store.oldest else {
                    return [["type": "ERROR", "object": APIAnswer.expired(seen, cluster.store.oldest).body]]
                }
                var lines = cluster.store.changes(of: resource, after: seen).compactMap { event($0, selection) }
                seen = cluster.store.version
                hasBookmark = cluster.bookmarks > bookmarks && request.query["allowWatchBookmarks"] == "true"
                bookmarks = cluster.bookmarks
                if hasBookmark {
                    let metadata: JSONValue = ["resourceVersion": .string("\(seen)")]
                    lines.append([
                        "type": "BOOKMARK",
                        "object": [
                            "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
                            "metadata": metadata,
                        ],
                    ])
                }
                return lines
            }
            for line in lines {
                guard output.write(line, over: stream) else { return false }
                if line["type"] == "ERROR" { return output.end(over: stream) }
            }
        }
        return output.end(over: stream)
    }

    /// What a watch tells of a change; nil where it is none of its business.
    private func event(_ change: ObjectStore.Change, _ selection: Selection) -> JSONValue? {
        let (old, new) = (change.old.map(selection.contains) == true, change.new.map(selection.contains) == true)
        // What goes is shown as it was, or as it is where it is not chosen any more, in its new version.
        var object = (new ? change.new : change.new ?? change.old) ?? .null
        object["metadata"]?["resourceVersion"] = .string("\(change.version)")
        let type: JSONValue
        switch (old, new) {
        case (false, true): type = "ADDED"
        case (true, true): type = "MODIFIED"
        case (true, false): type = "DELETED"
        case (false, false): return nil
        }
        return ["type": type, "object": object]
    }
}

/// A stream of chunks, which a fault cuts after some bytes.
private struct WatchOutput {
    /// Bytes that are still sent; nil: all.
    private var rest: Int?

    init(_ fault: Fault?) {
        if case .cut(let count) = fault { rest = count }
    }

    mutating func begin(over stream: borrowing TLSStream) -> Bool {
        send(
            Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".utf8),
            over: stream)
    }

    /// False where the connection is to end.
    mutating func write(_ line: JSONValue, over stream: borrowing TLSStream) -> Bool {
        let bytes = ((try? line.bytes) ?? []) + [UInt8(ascii: "\n")]
        return send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10], over: stream)
    }

    mutating func end(over stream: borrowing TLSStream) -> Bool {
        send(Array("0\r\n\r\n".utf8), over: stream)
    }

    private mutating func send(_ bytes: [UInt8], over stream: borrowing TLSStream) -> Bool {
        guard let limit = rest else { return stream.write(bytes) }
        rest = max(0, limit - bytes.count)
        return stream.write(Array(bytes.prefix(limit))) && bytes.count <= limit
    }
}
