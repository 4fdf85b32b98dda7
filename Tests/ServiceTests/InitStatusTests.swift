// The command `imageswap-init status`, really run: its exit codes, and where what it says goes.

import Foundation
import Testing

@Suite struct InitStatusTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "imageswap-\(UUID().uuidString)").path

    private func makeCertificate() throws {
        let made = try InitProgram(["local", "--out", directory, "--name", "localhost"])
        try #require(made.status == 0, "\(made.errors)")
    }

    @Test func aDirectoryThatIsRightEndsWith0() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try makeCertificate()
        let result = try InitProgram(["status", "--tls-dir", directory])
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("\(directory): a certificate until "))
        #expect(result.output.contains("\n  names     localhost\n"))
        #expect(!result.output.contains("wrong: "))
        #expect(result.errors == "")
    }

    @Test func whatRunLeavesIsRightAlsoForThePublic() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let provided = "\(directory)/provided"
        let host = "imageswap.imageswap-system.svc"
        #expect(try InitProgram(["local", "--out", provided, "--name", host]).status == 0)
        let made = try InitProgram(
            [
                "run", "--once", "--tls-dir", "\(directory)/tls", "--public-dir", "\(directory)/public",
                "--provided-dir", provided,
            ],
            environment: [
                "IMAGESWAP_TLS_SOURCE": "provided", "IMAGESWAP_DISABLE_AUTO_MWC": "TRUE",
                "IMAGESWAP_NAMESPACE_NAME": "imageswap-system",
            ])
        try #require(made.status == 0, "\(made.errors)")
        for (name, line) in [("tls", "key       fits the certificate"), ("public", "key       none here: a directory")]
        {
            let result = try InitProgram(["status", "--tls-dir", "\(directory)/\(name)"])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("\n  \(line)"))
            #expect(result.output.contains("\n  source    provided, steady\n"))
            #expect(result.output.contains("\n  renewal   by whoever provides it; "))
        }
    }

    @Test func whatIsWrongEndsWith1AndALineEach() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try makeCertificate()
        let other = directory + "-other"
        defer { try? FileManager.default.removeItem(atPath: other) }
        #expect(try InitProgram(["local", "--out", other, "--name", "localhost"]).status == 0)
        for name in ["tls.key", "ca.crt"] {
            try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
            try FileManager.default.copyItem(atPath: "\(other)/\(name)", toPath: "\(directory)/\(name)")
        }
        let result = try InitProgram(["status", "--tls-dir", directory])
        #expect(result.status == 1)
        let wrong = result.output.split(separator: "\n").filter { $0.hasPrefix("wrong: ") }
        #expect(wrong.count == 2)
        #expect(wrong.first?.hasPrefix("wrong: tls.crt and tls.key: ") == true)
        #expect(wrong.last?.hasPrefix("wrong: ca.crt (CN=ImageSwap local CA): ") == true)
    }

    @Test func namesThatAreSetAreLookedForToo() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try makeCertificate()
        for (name, other) in [("tls.crt", "a"), ("tls.key", "b"), ("ca.crt", "c")] {
            try FileManager.default.moveItem(atPath: "\(directory)/\(name)", toPath: "\(directory)/\(other)")
        }
        #expect(try InitProgram(["status", "--tls-dir", directory]).status == 1)
        let names = ["IMAGESWAP_TLS_CERT_NAME": "a", "IMAGESWAP_TLS_KEY_NAME": "b", "IMAGESWAP_TLS_CA_NAME": "c"]
        let result = try InitProgram(["status", "--tls-dir", directory], environment: names)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test(.enabled(if: !FileManager.default.fileExists(atPath: "/tls")))
    func theStandardDirectoryIsThePods() throws {
        let result = try InitProgram(["status"])
        #expect(result.status == 1)
        #expect(result.output.contains("\nwrong: /tls cannot be read: No such file or directory (ENOENT); "))
    }

    @Test(arguments: [["--tls-dir", ""], ["--tls-dir"], ["--nonsense"], ["extra"]])
    func wrongOptionsEndWith64(options: [String]) throws {
        let result = try InitProgram(["status"] + options)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("Error: "))
        #expect(result.output == "")
    }
}
