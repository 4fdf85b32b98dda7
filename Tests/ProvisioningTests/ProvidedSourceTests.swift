// A mounted Secret that others keep: names, checks, and what is said about a bad one.

import Certificates
import Foundation
import Provisioning
import Testing

@Suite struct ProvidedSourceTests {
    private func supply(
        _ folder: borrowing Folder, names: ProvidedNames = ProvidedNames(), served: ServedFiles = ServedFiles()
    ) throws -> Supply {
        try ProvidedSource(directory: folder.path, names: names, identity: identity())
            .supply(for: served, configured: { () throws(ProvisioningError) in nil }, at: today)
    }

    private func fill(_ folder: borrowing Folder, _ names: [String], _ pair: ServingPair, _ signer: SigningPair) throws
    {
        for (name, bytes) in zip(names, [pair.chain, pair.key, signer.entry.pem]) { try folder.write(bytes, to: name) }
    }

    @Test(arguments: [["tls.crt", "tls.key", "ca.crt"], ["cert.pem", "key.pem", "rootca.pem"]])
    func bothCustomsOfNamesAreKnown(names: [String]) throws {
        let folder = try Folder()
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        try fill(folder, names, pair, signer)
        let supply = try supply(folder)
        #expect(supply.pair == pair)
        #expect(supply.authorities == CertificateBundle([signer.entry]))
    }

    @Test func otherNamesCanBeSet() throws {
        let folder = try Folder()
        let signer = try signingPair()
        try fill(folder, ["a", "b", "c"], servingPair(by: signer), signer)
        var names = ProvidedNames()
        (names.certificate, names.key, names.authority) = (["a"], ["b"], ["c"])
        #expect(try supply(folder, names: names).problem == nil)
        let error = #expect(throws: ProvisioningError.self) { _ = try supply(folder) }
        #expect(error?.description.contains("looked for ca.crt, rootca.pem") == true, "\(error as Any)")
    }

    @Test func allFilesAreOfTheVersionThatTheKubeletsLinkNames() throws {
        let folder = try Folder()
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        try FileManager.default.createDirectory(atPath: folder.path + "/..v2", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/..data", withDestinationPath: "..v2")
        try fill(folder, ["..v2/tls.crt", "..v2/tls.key", "..v2/ca.crt"], pair, signer)
        try folder.write(servingPair(by: signer).chain, to: "tls.crt")
        #expect(try supply(folder).pair == pair)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        let fill: @Sendable (_ signer: SigningPair) throws -> (chain: [UInt8], key: [UInt8])
    }

    static let bad = [
        Bad(testDescription: "another key", reason: "the key is not the one of the certificate") {
            (try servingPair(by: $0).chain, try servingPair(by: $0).key)
        },
        Bad(testDescription: "ended", reason: "ended on 2026-09-") {
            let pair = try servingPair(by: $0, life: 30 * day, at: today - 100 * day)
            return (pair.chain, pair.key)
        },
        Bad(testDescription: "not yet good", reason: "is good only from") {
            let pair = try servingPair(by: $0, at: today + 10 * day)
            return (pair.chain, pair.key)
        },
        Bad(testDescription: "another host", reason: "does not cover imageswap.imageswap-system.svc") {
            let pair = try servingPair(by: $0, names: [HostName("example.com")])
            return (pair.chain, pair.key)
        },
        Bad(testDescription: "another CA", reason: "no authority of the bundle vouches for it") { _ in
            let pair = try servingPair(by: try signingPair("Other"))
            return (pair.chain, pair.key)
        },
        Bad(testDescription: "trailing rubbish", reason: "has more after its -----END line") {
            let pair = try servingPair(by: $0)
            return (pair.chain + Array("rubbish".utf8), pair.key)
        },
        Bad(testDescription: "the CA first", reason: "the chain is in the wrong order") {
            let pair = try servingPair(by: $0)
            return ($0.entry.pem + pair.chain, pair.key)
        },
    ]

    @Test(arguments: bad)
    func aBadPairIsRefusedWithItsReason(row: Bad) throws {
        let folder = try Folder()
        let signer = try signingPair(at: today - 200 * day)
        let (chain, key) = try row.fill(signer)
        for (name, bytes) in [("tls.crt", chain), ("tls.key", key), ("ca.crt", signer.entry.pem)] {
            try folder.write(bytes, to: name)
        }
        let error = #expect(throws: ProvisioningError.self) { _ = try supply(folder) }
        #expect(error?.description.contains(row.reason) == true, "\(error as Any)")
        #expect(error?.description.contains("\n") == false)
        #expect(error?.exitCode == 78)
    }

    @Test(arguments: bad)
    func aBadPairDoesNotReplaceOneThatServes(row: Bad) throws {
        let folder = try Folder()
        let signer = try signingPair(at: today - 200 * day)
        let (chain, key) = try row.fill(signer)
        for (name, bytes) in [("tls.crt", chain), ("tls.key", key), ("ca.crt", signer.entry.pem)] {
            try folder.write(bytes, to: name)
        }
        var served = ServedFiles()
        served.pair = try servingPair(by: signer)
        let supply = try supply(folder, served: served)
        #expect(supply.pair == served.pair)
        #expect(supply.problem?.description.contains(row.reason) == true)
    }
}
