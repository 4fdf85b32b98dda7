// The CA's Secret as it is read and written, also where someone else had a hand in it.

import Certificates
import Foundation
import Provisioning
import Testing

@Suite struct AuthorityStateTests {
    private func data(_ state: AuthorityState) -> [String: Data] { state.data.compactMapValues { $0 } }

    @Test func aStateIsReadAsItWasWritten() throws {
        var state = AuthorityState(signer: try signingPair())
        state.note(signedUntil: today + 90 * day, ahead: day)
        #expect(try AuthorityState(data(state)) == state)
        state.begin(next: try signingPair("Next"))
        state.note(published: state.bundle, at: today)
        #expect(try AuthorityState(data(state)) == state)
        state.promote()
        #expect(try AuthorityState(data(state)) == state)
        #expect(state.data[AuthorityState.Key.nextKey] == .some(nil), "the key is taken away")
    }

    @Test func aCASomeoneElseStoredIsTakenAsItIs() throws {
        let signer = try signingPair("Company CA")
        let state = try AuthorityState(["tls.crt": Data(signer.entry.pem), "tls.key": Data(signer.key)])
        #expect(state.signer == signer)
        #expect(state.bundle == CertificateBundle([signer.entry]))
        #expect(state.record.signer.signedUntil == signer.entry.validity.notAfter, "what it signed is not known")
    }

    @Test func anExchangedSignerLeavesTheOldOneInTheBundle() throws {
        var old = AuthorityState(signer: try signingPair("Old"))
        old.note(signedUntil: today + 90 * day, ahead: 0)
        let new = try signingPair("New")
        var stored = data(old)
        stored["tls.crt"] = Data(new.entry.pem)
        stored["tls.key"] = Data(new.key)
        let state = try AuthorityState(stored)
        #expect(state.signer == new)
        #expect(state.bundle.contains(old.signer.entry.fingerprint))
        #expect(state.forgotten(at: today + 91 * day) == [old.signer.entry.fingerprint])
    }

    @Test(arguments: ["next.crt", "next.key", "state.json", "ca-bundle.crt"])
    func whatIsSpoiledBesideTheSignerIsMadeAnew(key: String) throws {
        var state = AuthorityState(signer: try signingPair())
        state.begin(next: try signingPair("Next"))
        var stored = data(state)
        stored[key] = Data("rubbish".utf8)
        let read = try AuthorityState(stored)
        #expect(read.signer == state.signer)
        #expect(read.bundle.contains(state.signer.entry.fingerprint))
    }

    @Test func aSignerThatCannotSignIsAnError() throws {
        let signer = try signingPair()
        let other = try signingPair("Other")
        #expect(throws: CertificateError.self) { _ = try AuthorityState([:]) }
        #expect(throws: CertificateError.self) {
            _ = try AuthorityState(["tls.crt": Data(signer.entry.pem), "tls.key": Data(other.key)])
        }
        let leaf = try servingPair(by: signer)
        #expect(throws: CertificateError.self) {
            _ = try AuthorityState(["tls.crt": Data(leaf.chain), "tls.key": Data(leaf.key)])
        }
    }
}
