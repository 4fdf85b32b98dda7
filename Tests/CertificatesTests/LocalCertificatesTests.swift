// What an update of local certificates keeps, makes anew and refuses.

import Certificates
import Foundation
import Posix
import Testing

@Suite struct LocalCertificatesTests {
    private static let all: Set<String> = ["ca.crt", "ca.key", "tls.crt", "tls.key"]

    /// The files that an update changed, or made.
    private func changes(
        in directory: borrowing TemporaryDirectory, names: [String] = ["localhost"], days: Int = 90, now: Int64 = today
    ) throws -> Set<String> {
        let before = try directory.contents()
        let lines = try directory.update(names: names, days: days, now: now)
        let after = try directory.contents()
        let changed = Set(after.filter { before[$0.key] != $0.value }.keys)
        #expect(Set(after.keys) == Self.all)
        #expect(lines.count == max(1, changed.count), "one line for each file: \(lines)")
        #expect(try directory.verify([], now: now).status == 0)
        return changed
    }

    @Test func aMissingDirectoryIsMadeWithAllFiles() throws {
        let directory = TemporaryDirectory()
        let lines = try directory.update(names: ["localhost", "::1", "localhost"])
        #expect(
            lines == [
                "wrote \(directory.path)/ca.key, a new key",
                "wrote \(directory.path)/ca.crt, until 2036-11-22 00:00:00 UTC: there was none",
                "wrote \(directory.path)/tls.key, a new key",
                "wrote \(directory.path)/tls.crt, for localhost, ::1 until 2027-02-23 00:00:00 UTC: there was none",
            ])
        #expect(try Set(directory.contents().keys) == Self.all)
    }

    @Test(arguments: [("", 0o755), ("ca.crt", 0o644), ("ca.key", 0o600), ("tls.crt", 0o644), ("tls.key", 0o640)])
    func keysAreReadableByFewAndCertificatesByAll(file: String, mode: Int) throws {
        let directory = TemporaryDirectory()
        try directory.update()
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(file)")
        #expect(attributes[.posixPermissions] as? Int == mode)
    }

    @Test func whatIsGoodIsKeptAndOneLineSaysSo() throws {
        let directory = TemporaryDirectory()
        try directory.update(names: ["localhost", "127.0.0.1"])
        let before = try directory.contents()
        let lines = try directory.update(names: ["127.0.0.1"], now: today + 59 * day)
        #expect(lines == ["kept \(directory.path): good for localhost, 127.0.0.1 until 2027-02-23 00:00:00 UTC"])
        #expect(try directory.contents() == before)
    }

    @Test(arguments: [today + 60 * day, today + 90 * day + 1, today - 301])
    func aCertificateNearItsEndOrEndedOrNotBegunIsRenewedWithTheSameKey(now: Int64) throws {
        let directory = TemporaryDirectory()
        // So that the authority is good at all these times.
        try directory.update(now: today - 30 * day)
        try FileManager.default.removeItem(atPath: "\(directory.path)/tls.crt")
        try directory.update()
        #expect(try changes(in: directory, now: now) == ["tls.crt"])
    }

    @Test(arguments: ["other", "127.0.0.1", "::1", "*.localhost"])
    func aCertificateThatLacksANameIsRenewedWithTheSameKey(name: String) throws {
        let directory = TemporaryDirectory()
        try directory.update(names: ["localhost"])
        #expect(try changes(in: directory, names: ["localhost", name]) == ["tls.crt"])
        #expect(try Certificate(pem: directory.read("tls.crt")).names.map(\.text) == ["localhost", name])
    }

    @Test(arguments: [2500, 3650, 4000])
    func anAuthorityNearItsEndIsRenewedWithTheCertificateAndTheSameKeys(days: Int64) throws {
        let directory = TemporaryDirectory()
        try directory.update()
        let now = today + days * day
        #expect(try changes(in: directory, now: now) == ["ca.crt", "tls.crt"])
        #expect(try directory.update(now: now).count == 1)
    }

    @Test func aClientThatTrustsTheOldAuthorityAcceptsWhatTheRenewedOneSigned() throws {
        let directory = TemporaryDirectory()
        try directory.update()
        let old = try directory.read("ca.crt")
        let now = today + 2500 * day
        try directory.update(now: now)
        #expect(try directory.read("ca.crt") != old)
        try directory.write(old, to: "ca.crt")
        #expect(try directory.verify([], now: now).status == 0)
    }

    @Test(arguments: [
        (["ca.crt"], ["ca.crt", "tls.crt"]),
        (["ca.key"], ["ca.key", "ca.crt", "tls.crt"]),
        (["tls.crt"], ["tls.crt"]),
        (["tls.key"], ["tls.key", "tls.crt"]),
        (["ca.crt", "ca.key"], ["ca.key", "ca.crt", "tls.crt"]),
        (["ca.crt", "ca.key", "tls.crt", "tls.key"], ["ca.crt", "ca.key", "tls.crt", "tls.key"]),
    ])
    func aMissingFileIsMadeAndWhatHangsOnIt(removed: [String], changed: [String]) throws {
        let directory = TemporaryDirectory()
        try directory.update()
        for file in removed { try FileManager.default.removeItem(atPath: "\(directory.path)/\(file)") }
        #expect(try changes(in: directory).union(removed) == Set(changed))
    }

    /// As after an update that was cut short, or a copy of one file too few.
    @Test(arguments: [
        (["ca.key"], ["ca.crt", "tls.crt"]),
        (["ca.crt"], ["ca.crt", "tls.crt"]),
        (["ca.key", "ca.crt"], ["tls.crt"]),
        (["tls.key"], ["tls.crt"]),
        (["tls.crt"], ["tls.crt"]),
        (["tls.key", "tls.crt"], ["tls.crt"]),
    ])
    func aPairThatDoesNotFitIsMendedAndKeysStay(foreign: [String], changed: [String]) throws {
        let directory = TemporaryDirectory()
        let other = TemporaryDirectory()
        try directory.update()
        try other.update()
        for file in foreign { try directory.write(other.read(file), to: file) }
        #expect(try changes(in: directory) == Set(changed))
    }

    @Test func aServingCertificateInPlaceOfTheAuthorityIsReplaced() throws {
        let directory = TemporaryDirectory()
        try directory.update()
        try directory.write(directory.read("tls.crt"), to: "ca.crt")
        try directory.write(directory.read("tls.key"), to: "ca.key")
        let lines = try directory.update()
        #expect(lines.first?.hasSuffix(": the old one may not sign certificates") == true)
        #expect(try directory.verify([]).status == 0)
    }

    @Test(arguments: all.sorted())
    func aFileThatIsNoPEMIsNamedAndNothingIsWritten(file: String) throws {
        let directory = TemporaryDirectory()
        try directory.update()
        try directory.write("rubbish\n".utf8, to: file)
        let before = try directory.contents()
        let failure = #expect(throws: LocalFailure.self) { try directory.update(names: ["other"]) }
        let what = file.hasSuffix("key") ? "private key" : "certificate"
        #expect(
            failure?.description == "\(directory.path)/\(file): cannot read the \(what): no PEM: does not begin with "
                + "-----BEGIN; deleting \(directory.path) makes everything in it anew")
        #expect(failure?.exitCode == 78)
        #expect(try directory.contents() == before)
    }

    @Test(arguments: all.sorted())
    func rubbishAfterAPEMBlockIsRefused(file: String) throws {
        let directory = TemporaryDirectory()
        try directory.update()
        let good = try directory.read(file)
        try directory.write(good + Array("rubbish\n".utf8), to: file)
        let failure = #expect(throws: LocalFailure.self) { try directory.update() }
        #expect(failure?.exitCode == 78)
        #expect(failure?.description.contains("more after its -----END line, from byte \(good.count);") == true)
    }

    @Test func aFileThatIsTooLargeIsRefused() throws {
        let directory = TemporaryDirectory()
        try directory.write([UInt8](repeating: 10, count: 64 * 1024 + 1), to: "ca.crt")
        let failure = #expect(throws: LocalFailure.self) { try directory.update() }
        #expect(failure?.description.contains("/ca.crt: cannot read: File too large (EFBIG);") == true)
    }

    @Test(arguments: ["/proc/imageswap", "/dev/null", "/dev/null/below", ""])
    func aDirectoryThatCannotBeMadeIsNamed(path: String) throws {
        let local = LocalCertificates(directory: path, names: [try HostName("localhost")], days: 90)
        let failure = #expect(throws: LocalFailure.self) { try local.update(now: today) { _ in } }
        #expect(failure?.exitCode == 73)
        #expect(failure?.description.hasPrefix("\(path): cannot make the directory: ") == true)
    }

    @Test func aFileThatCannotBeWrittenIsNamed() throws {
        // A directory in which not even the superuser can make a file.
        let local = LocalCertificates(directory: "/proc", names: [try HostName("localhost")], days: 90)
        let failure = #expect(throws: LocalFailure.self) { try local.update(now: today) { _ in } }
        #expect(failure?.exitCode == 73)
        #expect(failure?.description.hasPrefix("/proc/ca.key: cannot write: ") == true)
    }
}
