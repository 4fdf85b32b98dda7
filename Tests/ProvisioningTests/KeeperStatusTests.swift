// What imageswap-init says about itself in files, and that docs/certificates.md tells of all of it.

import Certificates
import Foundation
import Logging
import Posix
import Provisioning
import Testing

@Suite struct KeeperStatusTests {
    private func look(_ folder: borrowing Folder, filesOnly: Bool, interval: Int64 = 3600) throws -> KeeperStatus {
        var options = KeeperOptions(
            source: .provided(directory: folder.path + "/provided", names: ProvidedNames()), identity: try identity(),
            registration: .none)
        options.tlsDirectory = folder.path + "/tls"
        options.publicDirectory = folder.path + "/public"
        options.metricsFile = folder.path + "/metrics.prom"
        options.interval = interval
        var keeper = try Keeper(
            options: options, client: nil, time: TimeSource(now: { today }, pause: { _ in }),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = keeper.look(filesOnly: filesOnly)
        return try KeeperStatus(json: folder.read("tls/status.json"))
    }

    private func provide(_ folder: borrowing Folder) throws {
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        try FileManager.default.createDirectory(atPath: folder.path + "/provided", withIntermediateDirectories: true)
        for (name, bytes) in [("tls.crt", pair.chain), ("tls.key", pair.key), ("ca.crt", signer.entry.pem)] {
            try folder.write(bytes, to: "provided/\(name)")
        }
    }

    @Test func theNextLookIsAnnounced() throws {
        let folder = try Folder()
        try provide(folder)
        let status = try look(folder, filesOnly: false)
        #expect(status.updated == "2026-11-25T00:00:00Z")
        #expect(status.next_look == "2026-11-25T01:00:00Z")
        #expect(try look(folder, filesOnly: false, interval: 90).next_look == "2026-11-25T00:01:30Z")
    }

    @Test func whoEndsAfterALookAnnouncesNone() throws {
        let folder = try Folder()
        try provide(folder)
        #expect(try look(folder, filesOnly: true).next_look == nil)
    }

    @Test func whatALookLeavesIsToldAsRight() throws {
        let folder = try Folder()
        try provide(folder)
        _ = try look(folder, filesOnly: false)
        for directory in ["tls", "public", "provided"] {
            let report = DirectoryReport(directory: "\(folder.path)/\(directory)", now: today)
            #expect(report.faults == [], "\(report)")
            #expect(report.end == today + 90 * day)
        }
    }

    @Test func whatALookFindsWrongIsToldAsWrong() throws {
        let folder = try Folder()
        try provide(folder)
        _ = try look(folder, filesOnly: false)
        try FileManager.default.removeItem(atPath: folder.path + "/provided/tls.key")
        _ = try look(folder, filesOnly: false)
        for directory in ["tls", "public"] {
            let report = DirectoryReport(directory: "\(folder.path)/\(directory)", now: today)
            #expect(
                report.faults.map(\.what) == [
                    "the last look found: \(folder.path)/provided holds no key: looked for tls.key, key.pem"
                ])
        }
    }

    @Test func theDocumentationTellsOfEachFieldAndMetric() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/certificates.md")
        let text = try String(contentsOf: path.standardizedFileURL, encoding: .utf8)
        let fields = Mirror(reflecting: KeeperStatus(source: "csr")).children.compactMap(\.label)
        #expect(fields.count > 10)
        for field in fields { #expect(text.contains("`\(field)`"), "\(field)") }

        var metrics = KeeperMetrics()
        (metrics.certificateEnd, metrics.authorityEnd, metrics.lastSuccess) = (1, 2, 3)
        let names = metrics.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: " ").first
        }
        #expect(names.count == 7)
        for name in names { #expect(text.contains("`\(name)`"), "\(name)") }
    }
}
