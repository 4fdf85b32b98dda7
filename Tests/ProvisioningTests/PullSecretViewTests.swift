// What is known of a cluster: lists, news, and what our own writes made of it, in any order.

import Foundation
import Kubernetes
import Provisioning
import Testing

@Suite struct PullSecretViewTests {
    private static let home = "imageswap-system"

    private func seen(_ namespace: String, _ content: String = "credentials", version: String = "1")
        -> PullSecretView.Seen
    {
        let metadata = ObjectMeta(name: "regcred", namespace: namespace, resourceVersion: version)
        return PullSecretView.Seen(
            Secret(metadata: metadata, type: "kubernetes.io/dockerconfigjson", data: ["k": Data(content.utf8)]),
            home: Self.home)
    }

    private func namespace(_ name: String, phase: String = "Active") throws -> PullSecretView.Chosen {
        let text = #"{"metadata":{"name":"\#(name)"},"status":{"phase":"\#(phase)"}}"#
        return PullSecretView.Chosen(try JSONDecoder().decode(Namespace.self, from: Data(text.utf8)))
    }

    private func versions(_ view: PullSecretView) -> [String: String] {
        Dictionary(uniqueKeysWithValues: view.found.map { ($0.place.namespace, $0.resourceVersion) })
    }

    @Test func itIsWholeOnceEachPartWasListed() throws {
        var view = PullSecretView(names: ["regcred", "other"])
        #expect(!view.isComplete)
        view.take(.all([]), named: "regcred")
        view.take(.changed(try namespace("a")))
        view.take(.all([seen("a")]), named: "other")
        #expect(!view.isComplete)
        view.take(.all([try namespace("a"), try namespace("b", phase: "Terminating")]))
        #expect(view.isComplete)
        #expect(view.namespaces == ["a"])
    }

    @Test func aListTakesAwayWhatItLacksOfItsNameOnly() {
        var view = PullSecretView(names: ["regcred", "other"])
        view.take(.all([seen("a"), seen("b")]), named: "regcred")
        view.take(.all([]), named: "other")
        #expect(view.found.count == 2)
        view.take(.all([seen("b")]), named: "regcred")
        #expect(versions(view) == ["b": "1"])
    }

    @Test func sourcesAloneAreKeptWithWhatTheyHold() {
        var view = PullSecretView(names: ["regcred"])
        view.take(.all([seen("a"), seen(Self.home)]), named: "regcred")
        #expect(view.data(of: SecretPlace(Self.home, "regcred")) == ["k": Data("credentials".utf8)])
        #expect(view.data(of: SecretPlace("a", "regcred")) == nil)
    }

    @Test func whatFailedIsRightAgainWithTheNextList() {
        var view = PullSecretView(names: ["regcred"])
        view.take(.failed(KubernetesError(nil, .unreachable("away"))), named: "regcred")
        #expect(view.failures.count == 1)
        view.take(.changed(seen("a")), named: "regcred")
        #expect(view.failures.count == 1)
        view.take(.all([]), named: "regcred")
        #expect(view.failures.isEmpty)
    }

    @Test func ourOwnWriteCountsUntilSomethingIsTold() {
        var view = PullSecretView(names: ["regcred"])
        view.take(.all([]), named: "regcred")
        let place = SecretPlace("a", "regcred")
        view.note(seen("a", version: "5"), at: place, since: view.generation)
        #expect(versions(view) == ["a": "5"])
        view.take(.changed(seen("a", version: "6")), named: "regcred")
        #expect(versions(view) == ["a": "6"])
        view.note(nil, at: place, since: view.generation)
        #expect(versions(view) == [:])
    }

    /// The answer to a write is noted after the watch told of it, and of what came after.
    @Test func ourOwnWriteIsNoNewsWhereTheWatchIsFurther() {
        for isListed in [false, true] {
            var view = PullSecretView(names: ["regcred"])
            view.take(.all([]), named: "regcred")
            let generation = view.generation
            let place = SecretPlace("a", "regcred")
            if isListed {
                view.take(.all([seen("a", version: "7")]), named: "regcred")
            } else {
                view.take(.changed(seen("a", version: "6")), named: "regcred")
                view.take(.changed(seen("a", version: "7")), named: "regcred")
            }
            view.note(seen("a", version: "6"), at: place, since: generation)
            #expect(versions(view) == ["a": "7"])
            view.take(.deleted(seen("a", version: "8")), named: "regcred")
            view.note(seen("a", version: "6"), at: place, since: generation)
            #expect(versions(view) == [:])
        }
    }
}
