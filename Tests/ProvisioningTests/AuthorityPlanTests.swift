// The steps of a CA's renewal, over a clock that the tests set.

import Certificates
import Foundation
import Provisioning
import Testing

@Suite struct AuthorityPlanTests {
    private let plan = AuthorityPlan(overlap: 600)

    private func advance(
        _ state: inout AuthorityState, _ configured: CertificateBundle?, at now: Int64
    ) throws -> [AuthorityPlan.Step] {
        try plan.advance(&state, configured: configured, at: now) { try signingPair("CA \(now)", at: now) }
    }

    @Test func aCAIsLeftAloneUntilAThirdOfItsLifeIsLeft() throws {
        let signer = try signingPair()
        var state = AuthorityState(signer: signer)
        _ = try advance(&state, CertificateBundle([signer.entry]), at: today)
        let life = signer.entry.validity.notAfter - signer.entry.validity.notBefore
        let due = signer.entry.validity.notAfter - life / 3
        #expect(try advance(&state, CertificateBundle([signer.entry]), at: due - 1) == [])
        #expect(try advance(&state, CertificateBundle([signer.entry]), at: due) == [.begin])
    }

    @Test func theNextOneSignsOnlyAfterItStoodInTheConfigurationForTheOverlap() throws {
        let signer = try signingPair()
        var state = AuthorityState(signer: signer)
        let start = today + 4 * year
        state.note(signedUntil: start + 90 * day, ahead: 0)
        #expect(try advance(&state, CertificateBundle([signer.entry]), at: start) == [.begin, .notePublished])
        let next = try #require(state.next)
        // Not there yet, however long it takes.
        #expect(try advance(&state, CertificateBundle([signer.entry]), at: start + 100_000) == [])
        #expect(state.signer == signer)
        let published = start + 100_000
        #expect(try advance(&state, state.bundle, at: published) == [.notePublished])
        #expect(try advance(&state, state.bundle, at: published + 599) == [])
        #expect(try advance(&state, state.bundle, at: published + 600) == [.promote])
        #expect(state.signer == next)
        #expect(state.bundle.contains(signer.entry.fingerprint), "what the old one signed is still served")
    }

    @Test func aNextOneThatSomeoneTookOutOfTheConfigurationWaitsAnew() throws {
        let signer = try signingPair()
        var state = AuthorityState(signer: signer)
        let start = today + 4 * year
        state.note(signedUntil: start + 90 * day, ahead: 0)
        _ = try advance(&state, CertificateBundle([signer.entry]), at: start)
        _ = try advance(&state, state.bundle, at: start + 10)
        #expect(try advance(&state, CertificateBundle([signer.entry]), at: start + 700) == [.notePublished])
        #expect(try advance(&state, state.bundle, at: start + 800) == [.notePublished])
        #expect(try advance(&state, state.bundle, at: start + 1399) == [])
        #expect(try advance(&state, state.bundle, at: start + 1400) == [.promote])
    }

    @Test func withoutAViewOfTheConfigurationNothingIsNoted() throws {
        var state = AuthorityState(signer: try signingPair())
        #expect(try advance(&state, nil, at: today + 4 * year) == [.begin])
        #expect(try advance(&state, nil, at: today + 4 * year + 100_000) == [])
    }

    @Test func aTimeThatAWrongClockNotedDoesNotStopTheChange() throws {
        var state = AuthorityState(signer: try signingPair())
        let start = today + 4 * year
        state.note(signedUntil: start + 90 * day, ahead: 0)
        _ = try advance(&state, CertificateBundle(), at: start)
        // A pod whose clock is a year ahead.
        state.note(published: state.bundle, at: start + year)
        #expect(try advance(&state, state.bundle, at: start + 10) == [.notePublished])
        #expect(try advance(&state, state.bundle, at: start + 610) == [.promote])
    }

    @Test func anEndedCAIsReplacedAtOnce() throws {
        let signer = try signingPair(life: day)
        var state = AuthorityState(signer: signer)
        let steps = try advance(&state, CertificateBundle([signer.entry]), at: today + 2 * day)
        #expect(steps.first == .replaceSigner)
        #expect(state.signer != signer)
        #expect(!state.bundle.contains(signer.entry.fingerprint))
    }

    @Test func aFormerCALeavesTheBundleOnceAllThatItSignedHasEnded() throws {
        let signer = try signingPair()
        var state = AuthorityState(signer: signer)
        let start = today + 4 * year
        state.note(signedUntil: start + 90 * day, ahead: 0)
        _ = try advance(&state, CertificateBundle([signer.entry]), at: start)
        _ = try advance(&state, state.bundle, at: start)
        _ = try advance(&state, state.bundle, at: start + 600)
        #expect(try advance(&state, state.bundle, at: start + 90 * day + 300) == [])
        #expect(state.bundle.contains(signer.entry.fingerprint))
        #expect(try advance(&state, state.bundle, at: start + 90 * day + 301) == [.tidy])
        #expect(!state.bundle.contains(signer.entry.fingerprint))
        #expect(
            state.forgotten(at: start + 90 * day + 301) == [signer.entry.fingerprint],
            "so that nobody keeps it in the configuration")
    }

    /// Each day one look; what is served at any time must be trusted by what clients knew ten minutes before.
    @Test func tenYearsGoByWithoutACertificateThatClientsDoNotKnow() throws {
        var state = AuthorityState(signer: try signingPair())
        var configured = CertificateBundle()
        var served: ServingPair?
        var changes = 0
        for now in stride(from: today, to: today + 10 * year, by: Int(day)) {
            let steps = try advance(&state, configured, at: now)
            changes += steps.count { $0 == .promote }
            if served.map({ $0.validity.isNearEnd(at: now) }) ?? true
                || served?.isTrusted(by: CertificateBundle([state.signer.entry]), at: now) != true
            {
                served = try servingPair(by: state.signer, at: now)
                state.note(signedUntil: now + 90 * day, ahead: 45 * day)
            }
            if configured.isEmpty { configured = state.bundle }
            #expect(served?.isTrusted(by: configured, at: now) == true)
            configured = state.bundle
            #expect(served?.isTrusted(by: configured, at: now) == true)
            #expect(state.bundle.entries.count <= 3)
        }
        #expect(changes >= 2)
    }
}
