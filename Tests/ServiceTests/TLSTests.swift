import Foundation
import TestSupport
import Testing

/// How TLS ends at nginx.
struct TLSTests {
    @Test(arguments: [("1.2", 0), ("1.3", 0), ("1.1", 35)] as [(String, Int32)])
    func onlyTLS12And13AreSpoken(version: String, code: Int32) throws {
        let service = try Service(maps: "")
        // The client's own floor is lowered, so that it is nginx that refuses.
        let (result, output) = try service.curl([
            "--tlsv\(version)", "--tls-max", version, "--ciphers", "DEFAULT@SECLEVEL=0", service.url("/healthz"),
        ])
        #expect(result == code, "\(output)")
    }

    @Test func onlyHTTP11IsOffered() throws {
        let service = try Service(maps: "")
        let (_, output) = try service.curl(["-v", "--http2", service.url("/healthz")])
        #expect(output.contains("HTTP/1.1 200"), "\(output)")
        #expect(!output.contains("HTTP/2 200"))
    }

    @Test func aClientThatTrustsAnotherCARefuses() throws {
        let (service, other) = (try Service(maps: ""), try TemporaryFolder())
        try Service.makeCertificates(in: other, names: ["localhost"])
        let (code, _) = try service.curl(["--cacert", (other / "tls/ca.crt").path, service.url("/healthz")])
        #expect(code == 60)
    }

    @Test func aRenewedCertificateIsServedAtTheNextHandshake() throws {
        let service = try Service(maps: "")
        let name = [
            "--resolve", "new.example:\(service.port):127.0.0.1", "https://new.example:\(service.port)/healthz",
        ]
        #expect(try service.curl(name).code == 60)
        try Service.makeCertificates(in: service.folder, names: ["localhost", "127.0.0.1", "new.example"])
        let (code, output) = try service.curl(name)
        #expect(code == 0, "\(output)")
    }

    @Test func aConnectionServesSeveralRequests() throws {
        let service = try Service(maps: "")
        let (code, output) = try service.curl(["-v", service.url("/healthz"), service.url("/healthz")])
        #expect(code == 0)
        #expect(output.contains("Re-using existing connection"), "\(output)")
    }
}
