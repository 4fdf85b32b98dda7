// What has to be done about copies, by what is there: values only.

import Foundation
import Kubernetes
import Provisioning
import TestSupport
import Testing

@Suite struct PullSecretPlanTests {
    private static let home = "imageswap-system"

    private static func secret(
        _ name: String, in namespace: String, _ content: String = "credentials",
        type: String = "kubernetes.io/dockerconfigjson", from source: String? = home, version: String = "7",
        isImmutable: Bool = false
    ) -> FoundSecret {
        var metadata = ObjectMeta(name: name, namespace: namespace, resourceVersion: version)
        metadata.uid = "uid-of-\(namespace)"
        metadata.labels = source.map { ["k8s.twr.io/imageswap-pull-secret-from": $0] }
        var secret = Secret(metadata: metadata, type: type, data: [".dockerconfigjson": Data(content.utf8)])
        secret.immutable = isImmutable
        return FoundSecret(secret)
    }

    private static func source(
        _ name: String = "regcred", _ content: String = "credentials", type: String = "kubernetes.io/dockerconfigjson"
    ) -> FoundSecret {
        secret(name, in: home, content, type: type, from: nil)
    }

    /// A plan's changes, `verb namespace/name` each.
    private static func changes(_ plan: PullSecretPlan) -> [String] {
        plan.changes.map { change in
            switch change {
            case .create(let place): "create \(place)"
            case .update(let found): "update \(found.place)"
            case .delete(let found): "delete \(found.place)"
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var names = ["regcred"]
        var namespaces = ["a", "b"]
        var found: [FoundSecret]
        var changes: [String] = []
        var inPlace = 0
        var foreign: [SecretPlace] = []
        var flaws: [String: PullSecretPlan.Flaw] = [:]
    }

    static let cases = [
        Case(
            testDescription: "each namespace gets a copy", found: [source()],
            changes: ["create a/regcred", "create b/regcred"]),
        Case(
            testDescription: "what is as it should be stays",
            found: [source(), secret("regcred", in: "a"), secret("regcred", in: "b")], inPlace: 2),
        Case(
            testDescription: "a source that was changed",
            found: [source("regcred", "new"), secret("regcred", in: "a"), secret("regcred", in: "b", "new")],
            changes: ["update a/regcred"], inPlace: 1),
        Case(
            testDescription: "a namespace that left",
            namespaces: ["a"], found: [source(), secret("regcred", in: "a"), secret("regcred", in: "b")],
            changes: ["delete b/regcred"], inPlace: 1),
        Case(
            testDescription: "a name that is not given any more", names: ["other"], namespaces: ["a"],
            found: [source(), source("other"), secret("regcred", in: "a"), secret("other", in: "a")],
            changes: ["delete a/regcred"], inPlace: 1),
        Case(
            testDescription: "no name at all", names: [], namespaces: ["a"],
            found: [source(), secret("regcred", in: "a")], changes: ["delete a/regcred"]),
        Case(
            testDescription: "someone else's of the same name stays",
            found: [
                source(), secret("regcred", in: "a", "mine", from: nil), secret("regcred", in: "b", from: "other"),
            ],
            foreign: [SecretPlace("a", "regcred"), SecretPlace("b", "regcred")]),
        Case(
            testDescription: "someone else's stays where no copy is wanted, too",
            namespaces: [],
            found: [source(), secret("regcred", in: "a", from: nil), secret("regcred", in: "b", from: "other")]),
        Case(
            testDescription: "a copy of another type is made anew",
            namespaces: ["a"], found: [source(), secret("regcred", in: "a", type: "Opaque")],
            changes: ["delete a/regcred"]),
        Case(
            testDescription: "a copy that may not be changed is made anew",
            namespaces: ["a"], found: [source(), secret("regcred", in: "a", "old", isImmutable: true)],
            changes: ["delete a/regcred"]),
        Case(
            testDescription: "a copy that may not be changed, and need not be, stays",
            namespaces: ["a"], found: [source(), secret("regcred", in: "a", isImmutable: true)], inPlace: 1),
        Case(
            testDescription: "without the source what is in place stays",
            found: [secret("regcred", in: "a", "old")], inPlace: 1, flaws: ["regcred": .missing]),
        Case(
            testDescription: "with a source of another type what is in place stays",
            found: [source(type: "Opaque"), secret("regcred", in: "a", "old")], inPlace: 1,
            flaws: ["regcred": .type("Opaque")]),
        Case(
            testDescription: "without the source a copy whose namespace left goes all the same",
            namespaces: ["b"], found: [secret("regcred", in: "a")], changes: ["delete a/regcred"],
            flaws: ["regcred": .missing]),
        Case(
            testDescription: "one source that is missing keeps no other back", names: ["regcred", "other"],
            namespaces: ["a"], found: [source("other")], changes: ["create a/other"], flaws: ["regcred": .missing]),
        Case(
            testDescription: "in the namespace of the sources nothing is changed, whatever is chosen and marked",
            namespaces: [home, "a"], found: [secret("regcred", in: home), secret("former", in: home)],
            changes: ["create a/regcred"]),
    ]

    @Test(arguments: cases)
    func itIs(row: Case) {
        let plan = PullSecretPlan(names: row.names, home: Self.home, namespaces: row.namespaces, found: row.found)
        #expect(Self.changes(plan) == row.changes)
        #expect(plan.inPlace == row.inPlace)
        #expect(plan.foreign == row.foreign)
        #expect(plan.flaws == row.flaws)
        #expect(plan.wanted == row.names.count * Set(row.namespaces).subtracting([Self.home]).count)
    }

    @Test func whatIsDeletedOrChangedIsWhatWasSeen() {
        let old = Self.secret("regcred", in: "a", "old", version: "12")
        let plan = PullSecretPlan(
            names: ["regcred"], home: Self.home, namespaces: ["a"], found: [Self.source(), old])
        #expect(plan.changes == [.update(old)])
        #expect(old.resourceVersion == "12")
        #expect(old.uid == "uid-of-a")
    }

    /// Whatever is there, the changes lead to a state in which nothing is to be done, in two rounds at most (one that
    /// has to be made anew is deleted first), and never touch what is not ours.
    @Test(arguments: UInt64(1)...200)
    func anyStateIsRightAfterTwoRounds(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let names = ["regcred", "other", "former"].filter { _ in random.below(2) == 0 }
        let namespaces = ["a", "b", "c", Self.home].filter { _ in random.below(3) > 0 }
        var there: [SecretPlace: FoundSecret] = [:]
        for name in ["regcred", "other", "former"] {
            for namespace in ["a", "b", "c", Self.home] where random.below(3) > 0 {
                let found = Self.secret(
                    name, in: namespace, "content-\(random.below(2))",
                    type: random.below(4) == 0 ? "Opaque" : "kubernetes.io/dockerconfigjson",
                    from: [nil, "other", Self.home, Self.home][random.below(4)], isImmutable: random.below(4) == 0)
                there[found.place] = found
            }
        }
        let before = there
        func plan() -> PullSecretPlan {
            PullSecretPlan(names: names, home: Self.home, namespaces: namespaces, found: there.values)
        }
        for _ in 0..<2 {
            for change in plan().changes {
                switch change {
                case .create(let place):
                    #expect(there[place] == nil)
                    var made = Self.secret(place.name, in: place.namespace)
                    made.digest = there[SecretPlace(Self.home, place.name)]?.digest ?? []
                    there[place] = made
                case .update(let old):
                    #expect(there[old.place] == old && old.source == Self.home && !old.isImmutable)
                    let digest = there[SecretPlace(Self.home, old.place.name)]?.digest ?? []
                    there[old.place]?.digest = digest
                case .delete(let old):
                    #expect(there[old.place] == old && old.source == Self.home)
                    there[old.place] = nil
                }
            }
        }
        let end = plan()
        #expect(end.changes == [])
        #expect(end.inPlace + end.foreign.count <= end.wanted)
        if end.flaws.isEmpty { #expect(end.inPlace + end.foreign.count == end.wanted) }
        for (place, old) in before where place.namespace == Self.home || old.source != Self.home {
            #expect(there[place] == old)
        }
    }
}
