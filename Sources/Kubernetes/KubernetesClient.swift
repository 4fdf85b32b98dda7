// The API server's client: one call at a time, each tried again for as long as that may help.

package import Posix
private import FoundationEssentials

/// A client of one API server. It keeps its connection, and belongs to one thread.
package final class KubernetesClient {
    private let curl = CurlHandle()
    private let connection: Connection
    private let userAgent: String
    private let time: TimeSource
    /// Seconds that one call may take, the waiting between its tries included.
    private let patience: Double
    private let timeout: Duration

    /// How far the server's clock was ahead of ours when it last answered, in seconds; nil before it ever did.
    package private(set) var clockOffset: Int64?

    /// - Parameters:
    ///   - patience: How long a call is tried again on 429, 5xx and where the server cannot be reached.
    ///   - timeout: How long one try may take.
    package init(
        _ connection: Connection, userAgent: String, time: TimeSource, patience: Duration = .seconds(60),
        timeout: Duration = .seconds(15)
    ) {
        self.connection = connection
        self.userAgent = userAgent
        self.time = time
        self.patience = patience / .seconds(1)
        self.timeout = timeout
    }

    /// The namespace that the connection names.
    package var namespace: String? { connection.namespace }

    /// What is asked: a verb on a resource, and where that is in HTTP.
    struct Request {
        var call: KubernetesError.Call
        var method: String
        /// From `/api` on, with its query.
        var path: String
        var contentType = "application/json"
        var body: [UInt8]?
    }

    /// Sends a request, again and again where that may help, and returns the body of its good answer.
    func send(_ request: Request) throws(KubernetesError) -> [UInt8] {
        let start = time.now()
        var waited = 0.0
        var delays = RetryDelays()
        while true {
            let failure: KubernetesError
            var wish: Int?
            switch try sendOnce(request) {
            case .success(let answer) where (200..<300).contains(answer.status): return answer.body
            case .success(let answer):
                failure = KubernetesError(request.call, answer.cause)
                guard answer.status == 429 || answer.status >= 500 else { throw failure }
                wish = answer.retryAfter
            case .failure(let transfer):
                failure = KubernetesError(request.call, .unreachable(transfer.text))
                guard transfer.isTransient else { throw failure }
            }
            let delay = delays.next(wish: wish)
            // The clock may be set, or stand still: what we waited counts too.
            guard max(Double(time.now() - start), waited) + delay <= patience else { throw failure }
            time.pause(.milliseconds(Int(delay * 1000)))
            waited += delay
        }
    }

    /// As `send`; nil where the answer is 404.
    func sendIfPresent(_ request: Request) throws(KubernetesError) -> [UInt8]? {
        do throws(KubernetesError) {
            return try send(request)
        } catch  where error.isNotFound {
            return nil
        }
    }

    /// Sends a request once.
    ///
    /// - Parameters:
    ///   - timeout: How long it may take; nil: what the client was told.
    ///   - buffer: What takes the answer as it comes.
    func sendOnce(
        _ request: Request, timeout: Duration? = nil, into buffer: AnswerBuffer = AnswerBuffer()
    ) throws(KubernetesError) -> Result<HTTPAnswer, TransferFailure> {
        do throws(KubernetesError) {
            var headers = ["Accept: application/json"]
            if request.body != nil { headers.append("Content-Type: \(request.contentType)") }
            if let authorization = try connection.authorization() { headers.append(authorization) }
            let http = HTTPRequest(
                method: request.method, url: try connection.base() + request.path, headers: headers, body: request.body)
            var transport = try connection.transport(userAgent: userAgent)
            transport.timeout = timeout ?? self.timeout
            do throws(TransferFailure) {
                let answer = try curl.perform(http, by: transport, into: buffer)
                if let date = answer.headers["date"].flatMap(httpDate) { clockOffset = date - time.now() }
                return .success(answer)
            } catch {
                return .failure(error)
            }
        } catch {
            throw KubernetesError(request.call, error.cause)
        }
    }

    /// The status that a web server answers to GET, to see whether it serves yet.
    ///
    /// - Parameters:
    ///   - url: Whose host and port are connected to.
    ///   - authority: PEM that the server's certificate is verified against.
    ///   - serverName: The name that the certificate must have.
    /// - Returns: The failure where there was no answer within two seconds. Not tried again, and no token is sent.
    package func answers(
        url: String, authority: [UInt8], serverName: String
    ) -> Result<Int, KubernetesError> {
        Result { () throws(KubernetesError) in
            let address = try WebAddress(url)
            var transport = Transport(trust: .authority(authority), userAgent: userAgent)
            transport.connectTo = try address.connectTo(as: serverName)
            transport.connectTimeout = .seconds(2)
            transport.timeout = .seconds(2)
            let request = HTTPRequest(method: "GET", url: try address.url(host: serverName))
            do throws(TransferFailure) {
                return try CurlHandle().perform(request, by: transport).status
            } catch {
                throw KubernetesError(nil, .unreachable("\(url) as \(serverName): \(error.text)"))
            }
        }
    }
}
