import Certificates
package import Posix

/// An API server for tests: TLS on loopback, in this process, with kube-apiserver 1.36's rules for Secrets,
/// ConfigMaps, MutatingWebhookConfigurations and CertificateSigningRequests, and its words.
///
/// It ends with its owner. The closures that are set run in its threads; where one of them holds the server itself, it
/// ends with `stop`.
package final class APIServerStandIn: Sendable {
    /// Whether this verb is allowed on this resource (`certificatesigningrequests/approval`, `signers`), of this name.
    package typealias Permissions = @Sendable (_ verb: String, _ resource: String, _ name: String?) -> Bool

    package struct Settings: Sendable {
        package var permissions: Permissions = { _, _, _ in true }
        package var faults: @Sendable (APIRequest) -> Fault? = { _ in nil }
        /// By their names. Those of others are never looked at.
        package var signers: [String: Signer] = ["kubernetes.io/kubelet-serving": .signs()]
        /// Whom each bearer token stands for.
        package var tokens = ["token-of-imageswap": "system:serviceaccount:imageswap-system:imageswap"]
        /// Called before a request is looked at, faults included.
        package var onRequest: @Sendable (APIRequest) -> Void = { _ in }
        /// What admission says against a change of the store, named `policy`; nil: nothing. It must not ask the server.
        package var admission: @Sendable (_ change: AdmittedChange) -> (policy: String, message: String)? = { _ in nil }
        /// Whether a watch from a version that is too old is answered by 410; else by an event within its stream.
        package var answersExpired = false
        /// Called once a request was done, before its answer is sent.
        package var onAnswer: @Sendable (APIRequest, _ status: Int) -> Void = { _, _ in }
    }

    /// What admission is asked about.
    package struct AdmittedChange: Sendable {
        package let user: String?
        package let resource: APIResource
        /// Nil where it is deleted.
        package let object: JSONValue?
        /// Nil where it is created.
        package let old: JSONValue?
        /// Whether the server has such an object, of no namespace.
        package let isThere: @Sendable (APIResource, String) -> Bool
    }

    package struct LogEntry: Equatable, Sendable {
        package let method: String
        package let path: String
        package let query: [String: String]
        /// The one that the request named.
        package let resourceVersion: String?
        package let user: String?
        /// Nil: not answered.
        package let status: Int?
    }

    package let time: TimeSource
    package let address = "127.0.0.1"
    package var port: UInt16 { listener.port }
    /// What vouches for the server's certificate. Its life is that of the machine's clock, whatever `time` says.
    package let caPEM: [UInt8]

    let service: APIService
    private let listener: TLSListener

    package init(time: TimeSource = .system, namespaces: Set<String> = ["default", "imageswap-system"]) throws {
        self.time = time
        let service = try APIService(time: time, namespaces: namespaces)
        let validity = Validity(days: 1, from: TimeSource.system.now())
        let authority = try CertificateAuthority(selfSigned: "serving-ca", key: .generate(), validity: validity)
        let key = try PrivateKey.generate()
        let names = try ["127.0.0.1", "localhost", "kubernetes.default.svc"].map { try HostName($0) }
        let certificate = try authority.sign(serving: names, commonName: "kube-apiserver", key: key, validity: validity)
        caPEM = try authority.certificate.pem
        let context = try TLSContext(
            certificate: certificate.pem, key: key.pem, clientAuthority: service.clientAuthority.certificate)
        self.service = service
        listener = try TLSListener(context) { stream in service.serve(stream) }
    }

    deinit { stop() }

    /// Ends all connections; nobody is answered any more. Lets go of the closures that were set.
    package func stop() {
        listener.stop()
        // What they hold is released once the lock is let go of.
        _ = service.settings.withLock { settings in
            let old = settings
            settings = Settings()
            return old
        }
    }

    /// How many connections there have been.
    package var connectionCount: Int { listener.count }

    /// Ends the connections that there are, without TLS's farewell. New ones are served.
    package func endConnections() { listener.endConnections() }

    package var permissions: Permissions {
        get { service.settings.withLock { $0.permissions } }
        set { configure { $0.permissions = newValue } }
    }

    package var faults: @Sendable (APIRequest) -> Fault? {
        get { service.settings.withLock { $0.faults } }
        set { configure { $0.faults = newValue } }
    }

    package var signers: [String: Signer] {
        get { service.settings.withLock { $0.signers } }
        set { configure { $0.signers = newValue } }
    }

    package func configure(_ change: (inout Settings) -> Void) {
        service.settings.withLock { change(&$0) }
    }

    /// All requests so far.
    package var log: [LogEntry] { service.cluster.withLock { $0.log } }

    /// The first requests fail like this, one after another; those after them fare well.
    package func fail(first faults: [Fault]) {
        let rest = Monitor(faults)
        self.faults = { _ in rest.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }
}
