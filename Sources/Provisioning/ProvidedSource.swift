// Serving certificates that someone else keeps: cert-manager, or a company's CA.

package import Certificates
import Posix

/// Names of the files in a mounted Secret, each with the ones that it is looked for under, in this order.
package struct ProvidedNames: Sendable, Equatable {
    package var certificate = ["tls.crt", "cert.pem"]
    package var key = ["tls.key", "key.pem"]
    package var authority = ["ca.crt", "rootca.pem"]

    package init() {}
}

/// The source `provided`: a directory that is only read, where the kubelet brings what changes in a Secret.
package struct ProvidedSource: CertificateSource {
    package let directory: String
    package let names: ProvidedNames
    package let identity: ServiceIdentity

    /// Bytes of a file at most.
    private static let largestFile = 1 << 20

    package init(directory: String, names: ProvidedNames = ProvidedNames(), identity: ServiceIdentity) {
        self.directory = directory
        self.names = names
        self.identity = identity
    }

    package func supply(
        for served: ServedFiles, configured: () throws(ProvisioningError) -> CertificateBundle?, at now: Int64
    ) throws(ProvisioningError) -> Supply {
        do throws(ProvisioningError) {
            let (pair, authorities) = try provided(at: now)
            return Supply(pair: pair, authorities: authorities, step: "steady")
        } catch {
            // A pair that is no good does not take the place of one that is.
            guard let pair = served.pair, pair.validity.notAfter > now else { throw error }
            return Supply(
                pair: pair, authorities: served.authorities, step: "what is provided is refused", problem: error)
        }
    }

    /// The pair that is provided, checked as a client would.
    private func provided(at now: Int64) throws(ProvisioningError) -> (ServingPair, CertificateBundle) {
        let folder = try folder()
        let authority = try read(names.authority, "CA's certificate", in: folder)
        let certificate = try read(names.certificate, "certificate", in: folder)
        let key = try read(names.key, "key", in: folder)
        do throws(CertificateError) {
            let authorities = try CertificateBundle(pem: authority.bytes)
            let pair = try ServingPair(chain: certificate.bytes, key: key.bytes)
            try pair.check(for: [identity.serverName], authorities: authorities, at: now)
            return (pair, authorities)
        } catch {
            throw .configuration("\(directory) (\(certificate.name), \(key.name), \(authority.name)): \(error)")
        }
    }

    /// Where the files are read: of a volume the folder that the kubelet's link names now, so that all are of one
    /// version.
    private func folder() throws(ProvisioningError) -> String {
        let link = "\(directory)/..data"
        do {
            return try FileSystem.linkTarget(link).map { "\(directory)/\($0)" } ?? directory
        } catch {
            throw .file("read the link", path: link, error)
        }
    }

    /// The first of these files that is there, and its name.
    private func read(
        _ names: [String], _ what: String, in folder: String
    ) throws(ProvisioningError) -> (bytes: [UInt8], name: String) {
        for name in names {
            let path = "\(folder)/\(name)"
            do throws(Errno) {
                if let bytes = try FileSystem.readIfPresent(path, limit: Self.largestFile) { return (bytes, name) }
            } catch {
                throw .file("read", path: path, error)
            }
        }
        throw .configuration("\(directory) holds no \(what): looked for \(names.joined(separator: ", "))")
    }
}
