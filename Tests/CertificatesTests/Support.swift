// What the tests of this target share: a directory, a clock, and OpenSSL's command as an independent judge.

import Certificates
import Foundation
import Posix

/// A new directory with local certificates, removed when its owner ends.
struct TemporaryDirectory: ~Copyable {
    let path = FileManager.default.temporaryDirectory.appending(path: "imageswap-\(UUID().uuidString)").path

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try FileSystem.makeDirectory(path, mode: 0o755)
        try FileSystem.replace("\(path)/\(name)", with: Array(bytes), mode: 0o600)
    }

    func contents() throws -> [String: [UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try read($0)) })
    }

    /// Brings local certificates here up to date, and returns what was reported.
    @discardableResult
    func update(
        names: [String] = ["localhost"], days: Int = 90, now: Int64 = today
    ) throws -> [String] {
        var lines: [String] = []
        let local = LocalCertificates(directory: path, names: try names.map { try HostName($0) }, days: days)
        try local.update(now: now) { lines.append($0) }
        return lines
    }

    /// What OpenSSL's command says of the pair here, for a server with this name, at this time.
    func verify(_ check: [String], now: Int64 = today) throws -> (status: Int32, output: String) {
        try openssl(
            ["verify", "-x509_strict", "-purpose", "sslserver", "-attime", "\(now)", "-CAfile", "\(path)/ca.crt"]
                + check
                + ["\(path)/tls.crt"])
    }
}

/// The clock of the tests: 2026-11-25 00:00:00 UTC.
let today: Int64 = 1_795_564_800
let day: Int64 = 86400

/// Runs OpenSSL's command and returns its exit code and all it wrote.
func openssl(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
