// Where a pod's serving pair comes from: what each source gives.

package import Certificates

/// What a source has for this pod now.
package struct Supply: Sendable {
    /// The pair to serve: the one that is served, or one to take its place.
    package let pair: ServingPair
    /// What clients have to trust for it, and for the pairs of the other pods as far as the source knows.
    package let authorities: CertificateBundle
    /// Fingerprints of what clients need not trust any more, though the webhook configuration may still have it.
    package var forgotten: Set<String> = []
    /// Since when all replicas know that the webhook configuration has the authority of `pair`; nil: not known.
    package var published: Int64?
    /// Whether a change is under way that other pods wait for.
    package var isChanging = false
    /// Where the source stands, in a word or two for the status.
    package var step: String
    /// What was found wrong although there is a pair.
    package var problem: ProvisioningError?
}

/// Where the serving pair comes from.
package protocol CertificateSource {
    /// What there is for this pod. The source may write to the API server for it.
    ///
    /// - Parameters:
    ///   - served: What the TLS directory holds.
    ///   - configured: Asks what the webhook configuration has; nil if that is not known. To be asked after all that is
    ///     compared with it was read.
    mutating func supply(
        for served: ServedFiles, configured: () throws(ProvisioningError) -> CertificateBundle?, at now: Int64
    ) throws(ProvisioningError) -> Supply

    /// Tells what the webhook configuration has by now.
    mutating func confirm(_ configured: CertificateBundle, at now: Int64) throws(ProvisioningError)
}

extension CertificateSource {
    package mutating func confirm(_ configured: CertificateBundle, at now: Int64) throws(ProvisioningError) {}
}
