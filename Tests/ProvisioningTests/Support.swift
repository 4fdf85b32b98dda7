// What the tests of this target share.

import Certificates
import Foundation
import Provisioning

/// The clock of the tests: 2026-11-25 00:00:00 UTC.
let today: Int64 = 1_795_564_800
let day: Int64 = 86400
let year: Int64 = 365 * day

/// A directory that is removed when its owner ends.
struct Folder: ~Copyable {
    let path = FileManager.default.temporaryDirectory.appending(path: "imageswap-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}

func identity() throws -> ServiceIdentity {
    try ServiceIdentity(service: "imageswap", namespace: "imageswap-system")
}

func signingPair(_ name: String = "Test CA", life: Int64 = 5 * year, at now: Int64 = today) throws -> SigningPair {
    try SigningPair(commonName: name, validity: Validity(seconds: life, from: now))
}

/// A pair that this authority signed for the webhook's Service.
func servingPair(
    by signer: SigningPair, names: [HostName]? = nil, life: Int64 = 90 * day, at now: Int64 = today
) throws -> ServingPair {
    let key = try PrivateKey.generate()
    let certificate = try signer.authority().sign(
        serving: names ?? identity().names, commonName: "imageswap", key: key,
        validity: Validity(seconds: life, from: now))
    return try ServingPair(chain: certificate.pem, key: key.pem)
}
