private import Metrics
private import Posix

extension ServiceStatus {
    /// What `/status?format=json` answers: times as RFC 3339 has them, durations in seconds. A text that was cut ends in `…`.
    package var json: JSONValue {
        .object([
            ("time", .string(time.rfc3339)), ("pod_name", .string(podName)), ("version", .string(version)),
            ("started", .optional(startedAt) { .string(WallTime($0).rfc3339) }),
            ("health", health), ("certificate", certificateJSON), ("rules", .optional(rules) { $0.json }),
            ("namespaces", .optional(namespaces) { $0.json }),
            ("reviews", .counts(reviews + [Count(name: "bad_request", count: badRequests)], "outcome")),
            ("decisions", .counts(decisions, "decision")),
            ("verification", .optional(verification) { $0.json }), ("registries", .array(registries.map(\.json))),
            ("load", .array(windows.map(\.json))), ("workers", workers.json), ("swaps", .array(swaps.map(\.json))),
        ])
    }

    private var health: JSONValue {
        .object([
            ("state", .string(problems.state.rawValue)), ("since", .string(since.rfc3339)),
            ("problems", .array(problems.list.map { .string($0.name) })),
        ])
    }

    private var certificateJSON: JSONValue {
        guard certificate.isWatched else { return .null }
        return .object([
            ("ends", .optional(certificate.life) { .string(WallTime(seconds: $0.end).rfc3339) }),
            ("days_left", .optional(certificate.life) { .number(time.days(until: $0.end)) }),
            ("ca_ends", .optional(certificate.authorityEnd) { .string(WallTime(seconds: $0).rfc3339) }),
            ("ca_days_left", .optional(certificate.authorityEnd) { .number(time.days(until: $0)) }),
        ])
    }
}

extension ServiceStatus.Rules {
    fileprivate var json: JSONValue {
        .object([
            ("sha256", .string(sha256)), ("last_load", .string(WallTime(milliseconds: loadedAt).rfc3339)),
            ("last_load_success", .bool(isLastLoadGood)),
            (
                "failure",
                .optional(failure) {
                    .object([("time", .string($0.time.rfc3339)), ("reason", .string($0.reason.shown))])
                }
            ),
            ("kinds", .counts(kinds, "kind")), ("pull_secrets", .optional(pullSecrets) { .number($0) }),
            ("invalid_lines", .number(invalidLines)), ("fault_count", .number(faultCount)),
            ("faults", .array(faults.map(\.json))), ("rule_count", .optional(ruleCount) { .number($0) }),
            ("rules", .array(rules.map(\.json))), ("other_hits", .number(otherHits)),
            ("hits_since", .optional(countedSince) { .string(WallTime(milliseconds: $0).rfc3339) }),
        ])
    }
}

extension ServiceStatus.Rule {
    fileprivate var json: JSONValue {
        .object([
            ("line", .number(line)), ("key", .string(key.shown)), ("value", .string(value.shown)),
            ("hits", .optional(hits) { .number($0) }),
        ])
    }
}

extension ServiceStatus.Fault {
    fileprivate var json: JSONValue {
        .object([
            ("line", .number(line)), ("column", .number(column)), ("invalid", .bool(isInvalid)),
            ("text", .string(text.shown)), ("problem", .string(problem.shown)),
        ])
    }
}

extension ServiceStatus.Namespaces {
    fileprivate var json: JSONValue {
        .object([
            ("count", .number(count)), ("last_load_success", .bool(isLastLoadGood)),
            (
                "namespaces",
                .array(
                    states.map { .object([("name", .string($0.name)), ("last_load_success", .bool(!$0.isFailing))]) })
            ),
        ])
    }
}

extension ServiceStatus.Verification {
    fileprivate var json: JSONValue {
        .object([
            ("reviews", .counts(reviews, "outcome")), ("verifier_answers", .bool(verifier.isAnswering)),
            ("registries", .array(verifier.registries.map(\.json))),
        ])
    }
}

extension VerifierReport.Registry {
    fileprivate var json: JSONValue {
        .object([
            ("registry", .string(name)), ("present", .number(present)), ("absent", .number(absent)),
            ("unknown", .number(unknown)), ("left_alone", .bool(isLeftAlone)),
        ])
    }
}

extension ServiceStatus.Registry {
    fileprivate var json: JSONValue {
        .object([
            ("registry", .string(name)), ("images", .number(images)), ("unchanged", .number(unchanged)),
            ("moved", .counts(moved, "target")),
        ])
    }
}

extension StatusWindow {
    fileprivate var json: JSONValue {
        .object(
            [("minutes", .number(UInt64(minutes))), ("seconds", .number(seconds))] + load.members + [
                (
                    "points",
                    .array(points.map { .object([("seconds_ago", .number($0.secondsAgo))] + $0.load.members) })
                )
            ])
    }
}

extension StatusWindow.Load {
    fileprivate var members: [(name: String, value: JSONValue)] {
        func seconds(_ latency: Latency?) -> JSONValue {
            .optional(latency) { .number(Number($0.nanoseconds, decimals: 9)) }
        }
        return [
            ("reviews", .number(requests)), ("reviews_per_second", .number(perSecond)), ("p50_seconds", seconds(p50)),
            ("p90_seconds", seconds(p90)), ("p99_seconds", seconds(p99)),
        ]
    }
}

extension ServiceStatus.Workers {
    fileprivate var json: JSONValue {
        .object([
            ("running", .number(running)), ("wanted", .number(wanted)), ("threads", .number(threads)),
            ("busy_threads", .number(busyThreads)), ("restarts", .counts(restarts, "reason")),
            ("resident_bytes", .number(residentBytes)),
        ])
    }
}

extension ServiceStatus.Swap {
    fileprivate var json: JSONValue {
        .object([
            ("time", .string(time.rfc3339)), ("namespace", .string(namespace.shown)), ("kind", .string(kind.shown)),
            ("name", .string(name.shown)), ("from", .string(from.shown)), ("to", .string(to.shown)),
            ("decision", .string(decision)), ("line", .optional(line) { .number($0) }),
            ("namespace_line", .bool(isOfNamespace)), ("audit", .bool(isTrial)), ("dry_run", .bool(isDryRun)),
        ])
    }
}

extension JSONValue {
    fileprivate static func counts(_ counts: [ServiceStatus.Count], _ name: String) -> JSONValue {
        .array(counts.map { .object([(name, .string($0.name)), ("count", .number($0.count))]) })
    }
}
