private import ImageSwap

/// The kinds of objects that reviews are counted by: those that Kubernetes itself makes pods of, and all others as one.
package enum WorkloadKind: Int, CaseIterable, Sendable {
    case pod, replicaSet, deployment, job, daemonSet, statefulSet, cronJob, replicationController, podTemplate, other

    package var name: String {
        switch self {
        case .pod: "Pod"
        case .replicaSet: "ReplicaSet"
        case .deployment: "Deployment"
        case .job: "Job"
        case .daemonSet: "DaemonSet"
        case .statefulSet: "StatefulSet"
        case .cronJob: "CronJob"
        case .replicationController: "ReplicationController"
        case .podTemplate: "PodTemplate"
        case .other: "other"
        }
    }

    /// - Parameter name: A review's `/request/kind/kind`.
    package init(_ name: borrowing Span<UInt8>) {
        for kind in Self.allCases where kind != .other && name.equals(kind.name) {
            self = kind
            return
        }
        self = .other
    }
}
