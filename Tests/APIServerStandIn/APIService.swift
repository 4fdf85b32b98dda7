import Certificates
import Foundation
import Posix

/// What answers requests, on any number of connections.
final class APIService: Sendable {
    let time: TimeSource
    let settings = Monitor(APIServerStandIn.Settings())
    let cluster: Monitor<Cluster>
    /// Vouches for clients that show certificates.
    let clientAuthority: TestAuthority

    init(time: TimeSource, namespaces: Set<String>) throws {
        self.time = time
        clientAuthority = try TestAuthority("client-ca", validity: Validity(days: 1, from: TimeSource.system.now()))
        cluster = Monitor(
            Cluster(namespaces: namespaces, authority: try Self.clusterAuthority(at: time.now()), now: time.now()))
    }

    static func clusterAuthority(at now: Int64) throws -> TestAuthority {
        try TestAuthority("kubernetes", validity: Validity(days: 3650, from: now))
    }

    /// Answers one connection's requests until it ends.
    func serve(_ stream: borrowing TLSStream) {
        var connection = HTTPConnection()
        while var request = connection.next(from: stream) {
            let settings = settings.withLock { $0 }
            request.user = user(of: request, clientName: stream.clientName, settings)
            settings.onRequest(request)
            let fault = settings.faults(request)
            var answer: APIAnswer?
            var text: String?
            switch fault {
            case .status(let status, let headers, let body):
                answer = .usual(status)
                answer?.headers = headers.map { ($0.key, $0.value) }
                text = body
            case .conflict:
                if let resource = request.resource { answer = .conflict(resource, request.name ?? "") }
            case .closed: break
            case .delayed(let milliseconds):
                Posix.Thread.sleep(milliseconds: milliseconds)
                answer = answered(request, settings)
            case .stale: answer = answered(request, settings, isStale: true)
            case .lost, .cut, .chunked, nil: answer = answered(request, settings)
            }
            note(request, answer?.status)
            guard let answer else { return }
            if request.isWatch, answer.status == 200, text == nil {
                settings.onAnswer(request, answer.status)
                guard watch(request, fault, over: stream) else { return }
                // Its length is told by its chunks; a client that goes on uses the connection again.
                continue
            }
            settings.onAnswer(request, answer.status)
            guard send(answer, text: text, fault, over: stream) else { return }
        }
        stream.close()
    }

    private func send(_ answer: APIAnswer, text: String?, _ fault: Fault?, over stream: borrowing TLSStream) -> Bool {
        let body = text.map { Array($0.utf8) } ?? (try? answer.body.bytes) ?? []
        var isChunked = false
        if case .chunked = fault { isChunked = true }
        let bytes = HTTPConnection.bytes(
            status: answer.status,
            headers: answer.headers + [
                ("Cache-Control", "no-cache, private"), ("Content-Type", "application/json"),
                ("Date", httpDate(time.now())),
            ], body: body, isChunked: isChunked)
        switch fault {
        case .lost: return false
        case .cut(let count):
            _ = stream.write(Array(bytes.prefix(count)))
            return false
        default: return stream.write(bytes)
        }
    }

    private func answered(
        _ request: APIRequest, _ settings: APIServerStandIn.Settings, isStale: Bool = false
    ) -> APIAnswer {
        guard request.user != nil else { return .unauthorized }
        guard let resource = request.resource else {
            return .failure(404, "NotFound", "the server could not find the requested resource", details: [:])
        }
        let now = time.now()
        let handler = RequestHandler(
            request: request, resource: resource, now: now, isStale: isStale, settings: settings)
        defer { cluster.notify() }
        return cluster.withLock { cluster in
            cluster.sign(with: settings.signers, now: now)
            return handler.answer(in: &cluster)
        }
    }

    private func user(of request: APIRequest, clientName: String?, _ settings: APIServerStandIn.Settings) -> String? {
        if let clientName { return clientName }
        guard let authorization = request.headers["authorization"] else { return "system:anonymous" }
        return authorization.hasPrefix("Bearer ") ? settings.tokens[String(authorization.dropFirst(7))] : nil
    }

    private func note(_ request: APIRequest, _ status: Int?) {
        let entry = APIServerStandIn.LogEntry(
            method: request.method, path: request.path, query: request.query, resourceVersion: request.resourceVersion,
            user: request.user,
            status: status)
        cluster.withLock { $0.log.append(entry) }
    }
}
