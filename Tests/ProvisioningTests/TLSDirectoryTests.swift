// The directory that nginx reads: whole at each moment, with the original's names.

import Certificates
import Foundation
import Provisioning
import Testing

@Suite struct TLSDirectoryTests {
    @Test func aPairIsReadAsItWasStored() throws {
        let folder = try Folder()
        let directory = TLSDirectory(folder.path + "/tls")
        #expect(try directory.load().pair == nil)
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        #expect(try directory.store(pair, authorities: CertificateBundle([signer.entry])))
        let files = try directory.load()
        #expect(files.pair == pair)
        #expect(files.authorities == CertificateBundle([signer.entry]))
        for (name, same) in [("cert.pem", "tls.crt"), ("key.pem", "tls.key")] {
            #expect(try folder.read("tls/\(name)") == folder.read("tls/\(same)"))
        }
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/tls/current/tls.key")
        #expect(mode[.posixPermissions] as? Int == 0o640)
    }

    @Test func nothingIsWrittenWhereItIsTheSame() throws {
        let folder = try Folder()
        let directory = TLSDirectory(folder.path)
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        try directory.store(pair, authorities: CertificateBundle([signer.entry]))
        let names = try folder.names()
        #expect(try !directory.store(pair, authorities: CertificateBundle([signer.entry])))
        #expect(try folder.names() == names)
    }

    @Test func thePairBeforeStaysForThoseWhoOpenItAndNoOlderOne() throws {
        let folder = try Folder()
        let directory = TLSDirectory(folder.path)
        let signer = try signingPair()
        for _ in 0..<5 {
            try directory.store(servingPair(by: signer), authorities: CertificateBundle([signer.entry]))
        }
        #expect(try folder.names().count { $0.hasPrefix("pair.") } == 2)
    }

    /// A reader that opens the certificate and then the key, as nginx does, through one generation of the directory.
    @Test func aReaderNeverMeetsHalfAPair() async throws {
        let folder = try Folder()
        let path = folder.path
        let signer = try signingPair()
        let pairs = try (0..<4).map { _ in try servingPair(by: signer) }
        let directory = TLSDirectory(path)
        try directory.store(pairs[0], authorities: CertificateBundle([signer.entry]))
        let reader = Task.detached { () -> Int in
            var reads = 0
            while !Task.isCancelled {
                let current = try FileManager.default.destinationOfSymbolicLink(atPath: path + "/current")
                // A reader that was held up meets a generation that is gone: it opens anew, as nginx does by its path.
                guard let chain = try? Data(contentsOf: URL(filePath: "\(path)/\(current)/tls.crt")),
                    let key = try? Data(contentsOf: URL(filePath: "\(path)/\(current)/tls.key"))
                else { continue }
                _ = try ServingPair(chain: [UInt8](chain), key: [UInt8](key))
                reads += 1
                await Task.yield()
            }
            return reads
        }
        for round in 1...20 {
            try directory.store(pairs[round % 4], authorities: CertificateBundle([signer.entry]))
            try await Task.sleep(for: .milliseconds(20))
        }
        reader.cancel()
        #expect(try await reader.value > 0)
    }

    @Test func plainFilesOfAnotherProgramAreTakenOver() throws {
        let folder = try Folder()
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        try folder.write(pair.chain, to: "tls.crt")
        try folder.write(pair.key, to: "tls.key")
        let directory = TLSDirectory(folder.path)
        #expect(try directory.load().pair == pair)
        #expect(try directory.store(pair, authorities: CertificateBundle([signer.entry])))
        #expect(try directory.load().pair == pair)
    }

    @Test func aPairThatDoesNotFitCountsAsMissingAndItsKeyIsKept() throws {
        let folder = try Folder()
        let signer = try signingPair()
        let (one, other) = (try servingPair(by: signer), try servingPair(by: signer))
        try folder.write(one.chain, to: "tls.crt")
        try folder.write(other.key, to: "tls.key")
        let files = try TLSDirectory(folder.path).load()
        #expect(files.pair == nil)
        #expect(files.key == other.key)
        #expect(files.flaw?.contains("the key is not the one of the certificate") == true)
    }
}
