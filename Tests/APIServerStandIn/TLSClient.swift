import Posix

private import COpenSSL
private import Glibc

/// A client that shakes hands as the API server does, at a time of the test's choice.
package enum TLSClient {
    /// Connects to a port of 127.0.0.1 and shakes hands; why that failed, or nil.
    ///
    /// - Parameters:
    ///   - name: Whom the client asks for and the certificate has to be for.
    ///   - bundle: PEM of what the client trusts.
    ///   - time: The client's clock, seconds since 1970.
    package static func handshake(port: UInt16, name: String, trusting bundle: [UInt8], at time: Int64) -> String? {
        guard let socket = try? connected(to: port) else { return "no connection" }
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { return "no memory" }
        defer { unsafe SSL_CTX_free(context) }
        let store = unsafe SSL_CTX_get_cert_store(context)
        unsafe withBIO(bundle) { bio in
            while let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil) {
                unsafe X509_STORE_add_cert(store, certificate)
                unsafe X509_free(certificate)
            }
            ERR_clear_error()
        }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard let stream = unsafe SSL_new(context) else { return "no memory" }
        defer { unsafe SSL_free(stream) }
        let parameters = unsafe SSL_get0_param(stream)
        unsafe X509_VERIFY_PARAM_set_time(parameters, Int(time))
        unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_X509_STRICT))
        guard unsafe X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1,
            unsafe COpenSSL_set_server_name(stream, name) == 1, unsafe SSL_set_fd(stream, socket.rawValue) == 1
        else { return "no memory" }
        guard unsafe SSL_connect(stream) == 1 else {
            ERR_clear_error()
            let result = unsafe SSL_get_verify_result(stream)
            return result == 0 ? "the server ended it" : unsafe String(cString: X509_verify_cert_error_string(result))
        }
        unsafe SSL_shutdown(stream)
        ERR_clear_error()
        return nil
    }

    private static func connected(to port: UInt16) throws -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try retryOnInterrupt { Glibc.socket(AF_INET, type, 0) })
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let number = socket.rawValue
        try unsafe withUnsafePointer(to: &address) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                let length = socklen_t(MemoryLayout<sockaddr_in>.size)
                try checkOnInterrupt { unsafe Glibc.connect(number, generic, length) }
            }
        }
        return socket
    }
}
