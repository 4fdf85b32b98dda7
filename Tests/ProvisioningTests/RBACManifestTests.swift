// deploy/k8s/rbac: each manifest grants what its source needs, and nothing else.

import Foundation
import Testing
import YAML

@Suite struct RBACManifestTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../deploy/k8s/rbac").standardizedFileURL.path

    /// A rule of a Role or a ClusterRole: "cluster admissionregistration.k8s.io/… [names] verbs".
    private static func grants(_ object: YAMLNode) throws -> [String] {
        let scope = object["kind"]?.string == "ClusterRole" ? "cluster" : "namespace"
        return try #require(object["rules"]?.elements).map { rule in
            func list(_ key: String) -> String? {
                rule[key]?.elements.map { $0.map { $0.string ?? "" }.joined(separator: ",") }
            }
            // Anything else, as nonResourceURLs, would be shown and so be noticed.
            let known = ["apiGroups", "resources", "resourceNames", "verbs"]
            let unknown = (rule.pairs ?? []).compactMap(\.key.string).filter { !known.contains($0) }
            #expect(unknown == [])
            let names = list("resourceNames").map { "[\($0)]" } ?? "[any]"
            return "\(scope): \(list("verbs") ?? "") \(list("apiGroups") ?? "")/\(list("resources") ?? "") \(names)"
        }
    }

    private static func objects(_ name: String) throws -> [YAMLNode] {
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        return try text.components(separatedBy: "\n---\n").map {
            try #require(try YAMLNode(document: Array($0.utf8)))
        }
    }

    private static let configuration =
        "cluster: get,patch admissionregistration.k8s.io/mutatingwebhookconfigurations [imageswap-webhook]"

    static let granted: [String: [String]] = [
        "self-signed.yaml": [
            "namespace: get,patch /secrets [imageswap-ca]", "namespace: create /secrets [any]", configuration,
        ],
        "csr.yaml": [
            "namespace: get /configmaps [kube-root-ca.crt]", configuration,
            "cluster: create,get certificates.k8s.io/certificatesigningrequests [any]",
            "cluster: update certificates.k8s.io/certificatesigningrequests/approval [any]",
            "cluster: approve certificates.k8s.io/signers [kubernetes.io/kubelet-serving]",
        ],
        "provided.yaml": [configuration],
        "cleanup.yaml": [
            "namespace: get,delete /secrets [imageswap-ca]",
            "cluster: get,delete admissionregistration.k8s.io/mutatingwebhookconfigurations [imageswap-webhook]",
            "cluster: list,delete certificates.k8s.io/certificatesigningrequests [any]",
        ],
    ]

    @Test func eachManifestIsKnownHere() throws {
        let manifests = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter {
            $0 != "kustomization.yaml"
        }
        #expect(manifests.sorted() == Self.granted.keys.sorted())
    }

    @Test(arguments: granted.keys.sorted())
    func itGrantsWhatIsNeededAndNothingElse(name: String) throws {
        let roles = try Self.objects(name).filter { ["Role", "ClusterRole"].contains($0["kind"]?.string) }
        #expect(try roles.flatMap(Self.grants) == Self.granted[name])
        #expect(roles.allSatisfy { $0["aggregationRule"] == nil })
    }

    @Test(arguments: granted.keys.sorted())
    func nothingIsGrantedByAStarAndNoSecretsOfTheCluster(name: String) throws {
        for object in try Self.objects(name) {
            for rule in object["rules"]?.elements ?? [] {
                let words = (rule.pairs ?? []).flatMap { $0.value.elements ?? [] }.compactMap(\.string)
                #expect(!words.contains { $0.contains("*") })
                if object["kind"]?.string == "ClusterRole" { #expect(!words.contains("secrets")) }
            }
        }
    }

    @Test(arguments: granted.keys.sorted())
    func allIsOfOneAccountInItsNamespace(name: String) throws {
        let account = name == "cleanup.yaml" ? "imageswap-cleanup" : "imageswap-init"
        let objects = try Self.objects(name)
        #expect(
            objects.map { $0["kind"]?.string }
                == ["ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"])
        for object in objects {
            let kind = object["kind"]?.string ?? ""
            #expect(object["metadata"]?["name"]?.string == account)
            #expect(
                object["metadata"]?["namespace"]?.string == (kind.hasPrefix("Cluster") ? nil : "imageswap-system"))
            guard kind.hasSuffix("Binding") else { continue }
            #expect(object["roleRef"]?["name"]?.string == account)
            #expect(object["roleRef"]?["kind"]?.string == String(kind.dropLast("Binding".count)))
            let subjects = try #require(object["subjects"]?.elements)
            #expect(subjects.count == 1)
            #expect(subjects.first?["kind"]?.string == "ServiceAccount")
            #expect(subjects.first?["name"]?.string == account)
            #expect(subjects.first?["namespace"]?.string == "imageswap-system")
        }
    }
}
