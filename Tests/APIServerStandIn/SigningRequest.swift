private import COpenSSL

/// A PKCS#10 request as a signer reads it.
struct SigningRequest {
    let pem: [UInt8]
    let organizations: [String]
    let commonName: String
    /// The kinds of its alternative names, as GEN_DNS and its like number them.
    let nameKinds: [Int32]

    /// Nil where it is none, or its signature is not by its own key.
    init?(pem: [UInt8]) {
        self.pem = pem
        guard let request = unsafe Self.read(pem) else { return nil }
        defer { unsafe X509_REQ_free(request) }
        guard unsafe X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) == 1 else { return nil }
        let subject = unsafe X509_REQ_get_subject_name(request)
        var organizations: [String] = []
        var commonName = ""
        for index in unsafe 0..<X509_NAME_entry_count(subject) {
            let entry = unsafe X509_NAME_get_entry(subject, index)
            let value = unsafe X509_NAME_ENTRY_get_data(entry)
            let text = unsafe String(
                decoding: UnsafeBufferPointer(
                    start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value))),
                as: UTF8.self)
            switch unsafe OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) {
            case NID_organizationName: organizations.append(text)
            case NID_commonName: commonName = text
            default: break
            }
        }
        self.organizations = organizations
        self.commonName = commonName
        nameKinds = unsafe Self.nameKinds(request)
    }

    static func read(_ pem: [UInt8]) -> OpaquePointer? {
        unsafe withBIO(pem) { unsafe PEM_read_bio_X509_REQ($0, nil, nil, nil) }
    }

    private static func nameKinds(_ request: OpaquePointer) -> [Int32] {
        let extensions = unsafe X509_REQ_get_extensions(request)
        defer { unsafe OPENSSL_sk_pop_free(extensions) { unsafe X509_EXTENSION_free(OpaquePointer($0)) } }
        guard let list = unsafe X509V3_get_d2i(extensions, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(list)
        defer { unsafe GENERAL_NAMES_free(names) }
        return unsafe (0..<OPENSSL_sk_num(names)).compactMap { index in
            var kind: Int32 = 0
            let name = unsafe OPENSSL_sk_value(names, index)?.assumingMemoryBound(to: GENERAL_NAME.self)
            _ = unsafe GENERAL_NAME_get0_value(name, &kind)
            return kind
        }
    }

    /// Why kube-controller-manager's signer `kubernetes.io/kubelet-serving` refuses it; nil where it signs.
    func flawForKubeletServing(usages: Set<String>) -> String? {
        let required: Set = ["digital signature", "server auth"]
        if organizations != ["system:nodes"] { return "subject organization is not system:nodes" }
        if !nameKinds.contains(where: { [GEN_DNS, GEN_IPADD].contains($0) }) {
            return "DNS or IP subjectAltName is required"
        }
        if nameKinds.contains(GEN_EMAIL) { return "Email subjectAltNames are not allowed" }
        if nameKinds.contains(GEN_URI) { return "URI subjectAltNames are not allowed" }
        if usages != required, usages != required.union(["key encipherment"]) {
            return "usages did not match [digital signature key encipherment server auth]"
        }
        if !commonName.hasPrefix("system:node:") { return "subject common name does not begin with system:node:" }
        return nil
    }
}

/// Lends OpenSSL's stream over these bytes.
func withBIO<Result>(_ bytes: [UInt8], _ body: (OpaquePointer?) -> Result) -> Result {
    unsafe bytes.withUnsafeBufferPointer { buffer in
        let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
        defer { unsafe BIO_free(bio) }
        return unsafe body(bio)
    }
}
