// One look at the copies: what has to be done, done.

private import FoundationEssentials
private import Kubernetes
private import Logging
private import Posix

extension PullSecretKeeper {
    /// Does what is due by what is known, once all is.
    func look() -> Outcome {
        var outcome = Outcome()
        var foreign: [SecretPlace] = []
        let view = view.withLock { $0 }
        outcome.problems = view.failures.sorted { "\($0.key)" < "\($1.key)" }.map { .kubernetes($0.value) }
        if view.isComplete {
            var plan = plan(view)
            apply(plan, view, &outcome)
            // What the writes made of it.
            plan = self.plan(self.view.withLock { $0 })
            for (name, flaw) in plan.flaws.sorted(by: { $0.key < $1.key }) {
                outcome.problems.append(problem(flaw, of: SecretPlace(options.home, name)))
            }
            foreign = plan.foreign
            note(plan)
        }
        tell(outcome, isWhole: view.isComplete, foreign: foreign)
        return outcome
    }

    private func plan(_ view: PullSecretView) -> PullSecretPlan {
        PullSecretPlan(names: options.names, home: options.home, namespaces: view.namespaces, found: view.found)
    }

    private func apply(_ plan: PullSecretPlan, _ view: PullSecretView, _ outcome: inout Outcome) {
        let chosen = Set(view.namespaces)
        for change in plan.changes {
            if isOver.withLock({ $0 }) { return }
            do throws(KubernetesError) {
                let isDone = try apply(change, view)
                // One that is made anew is made at the next look.
                if !isDone || change.isFollowed(among: options.names, in: chosen) { outcome.isChanging = true }
            } catch {
                outcome.isChanging = true
                outcome.problems.append(.kubernetes(error))
                // The others would wait as long as this one did.
                if error.isUnreachable { return }
            }
        }
    }

    /// Makes one change. False where someone else was first: what is there now has to be seen.
    private func apply(_ change: PullSecretPlan.Change, _ seen: PullSecretView) throws(KubernetesError) -> Bool {
        let place = change.place
        do throws(KubernetesError) {
            switch change {
            case .create:
                guard let data = seen.data(of: SecretPlace(options.home, place.name)) else { return false }
                let labels = [managedByLabel: managerName, copyLabel: options.home]
                let metadata = ObjectMeta(name: place.name, namespace: place.namespace, labels: labels)
                let made = try client.create(Secret(metadata: metadata, type: pullSecretType, data: data))
                note(PullSecretView.Seen(made, home: options.home), at: place, seen) { $0.created += 1 }
            case .update(let old):
                guard let data = seen.data(of: SecretPlace(options.home, place.name)) else { return false }
                let new = try client.replace(
                    secret: place.name, namespace: place.namespace, resourceVersion: old.resourceVersion, data: data)
                note(PullSecretView.Seen(new, home: options.home), at: place, seen) { $0.updated += 1 }
            case .delete(let old):
                _ = try client.delete(
                    secret: place.name, namespace: place.namespace, uid: old.uid, resourceVersion: old.resourceVersion)
                note(nil, at: place, seen) { $0.deleted += 1 }
            }
            log.info("\(change.verb) a pull secret", metadata: ["secret": "\(place)"])
            return true
        } catch {
            // Its namespace has gone, or goes, or it has been deleted: the news tell.
            if error.isNotFound || error.isOfEndingNamespace {
                view.withLock { $0.note(nil, at: place, since: seen.generation) }
                return true
            }
            if error.isConflict { return false }
            throw error
        }
    }

    private func note(
        _ secret: PullSecretView.Seen?, at place: SecretPlace, _ seen: PullSecretView,
        _ count: (inout PullSecretStatus) -> Void
    ) {
        view.withLock { $0.note(secret, at: place, since: seen.generation) }
        status.withLock(count)
    }

    private func problem(_ flaw: PullSecretPlan.Flaw, of source: SecretPlace) -> ProvisioningError {
        switch flaw {
        case .missing: .configuration("Secret \(source) is missing: nothing is copied; copies that are in place stay")
        case .type(let type):
            .configuration(
                "Secret \(source) is of type \(type), not \(pullSecretType): it is not copied; copies that are in place"
                    + " stay; kubectl create secret docker-registry makes one of the right type")
        }
    }

    private func note(_ plan: PullSecretPlan) {
        status.withLock { status in
            status.wanted = plan.wanted
            status.inPlace = plan.inPlace
            status.foreign = plan.foreign.count
            for name in options.names { status.sources[name] = plan.flaws[name] == nil }
            status.isReady = true
        }
    }

    /// - Parameter isWhole: Whether all that has to be known is.
    func tell(_ outcome: Outcome, isWhole: Bool, foreign: [SecretPlace] = []) {
        let now = time.now()
        let texts = outcome.problems.map(\.description)
        status.withLock { status in
            if !texts.isEmpty {
                status.failures += 1
            } else if isWhole {
                status.lastSuccess = now
            }
        }
        let warnings = foreign.map {
            "Secret \($0) was not made by pull-secrets: it stays as it is; delete it to have a copy there"
        }
        for text in texts where !told.contains(text) { log.error("\(text)") }
        for text in warnings where !told.contains(text) { log.warning("\(text)") }
        if texts.isEmpty, hadProblems { log.notice("what was wrong is right again") }
        hadProblems = !texts.isEmpty
        told = Set(texts + warnings)
    }
}

extension PullSecretPlan.Change {
    /// Whether a copy is to be made where this one is deleted.
    fileprivate func isFollowed(among names: [String], in namespaces: Set<String>) -> Bool {
        guard case .delete(let old) = self else { return false }
        return names.contains(old.place.name) && namespaces.contains(old.place.namespace)
    }

    fileprivate var verb: String {
        switch self {
        case .create: "made"
        case .update: "changed"
        case .delete: "deleted"
        }
    }
}

extension KubernetesError {
    /// 403 of a namespace that is being deleted.
    fileprivate var isOfEndingNamespace: Bool {
        if case .forbidden(let message) = cause { message.contains("because it is being terminated") } else { false }
    }
}
