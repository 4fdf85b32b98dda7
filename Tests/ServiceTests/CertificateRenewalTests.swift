import Foundation
import TestSupport
import Testing

/// A certificate that is renewed while clients come and go.
@Suite(.serialized)
struct CertificateRenewalTests {
    @Test func aCertificateReplacedUnderLoadIsServedAtOnceAndNoHandshakeFails() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"])
        let key = try Data(contentsOf: service.folder / "tls/tls.key")
        let load = try Load(on: service, seconds: 300)
        // New connections all the while, until one fails.
        let handshakes = try Program(
            "/bin/sh",
            [
                "-c",
                #"while curl -sS -o /dev/null --max-time 20 --cacert "$0" "$1"; do echo handshake; done; echo failed"#,
                (service.folder / "tls/ca.crt").path, service.url("/healthz"),
            ], log: service.folder / "handshakes.log")

        var names = ["localhost", "127.0.0.1"]
        for number in 0..<Soak.count(10, soak: 100) {
            let name = "n\(number).example"
            names.append(name)
            try Service.makeCertificates(in: service.folder, names: names)
            let (code, output) = try service.curl([
                "--resolve", "\(name):\(service.port):127.0.0.1", "https://\(name):\(service.port)/healthz",
            ])
            #expect(code == 0, "renewal \(number): \(output)")
        }
        #expect(handshakes.isRunning, "\(handshakes.output)")
        handshakes.end()
        #expect(!handshakes.output.contains("failed") && !handshakes.output.contains("curl:"), "\(handshakes.output)")
        #expect(handshakes.output.contains("handshake"))
        load.stop()
        let result = try load.result()
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
        #expect(try Data(contentsOf: service.folder / "tls/tls.key") == key)
        #expect(!service.nginx.output.contains("[emerg]") && !service.nginx.output.contains("[error]"))
    }
}
