// deploy/k8s/components/pull-secrets: its policy holds its account, and its parts name the same Secrets.

import APIServerStandIn
import ClusterSimulation
import Foundation
import Kubernetes
import Provisioning
import Testing
import YAML

@Suite struct PullSecretComponentTests {
    private static func objects(_ file: String) throws -> [YAMLNode] {
        let text = try String(contentsOf: PullSecretCluster.component.appending(path: file), encoding: .utf8)
        return try text.components(separatedBy: "\n---\n").map {
            try #require(try YAMLNode(document: Array($0.utf8)))
        }
    }

    private static func policy(_ change: (inout JSONValue) -> Void = { _ in }) throws -> AdmissionPolicy {
        try object(.admissionPolicies, change)
    }

    /// One that is shipped, changed, as a client reads it.
    private static func object<Object: Decodable>(
        _ resource: APIResource, _ change: (inout JSONValue) -> Void
    ) throws -> Object {
        let cluster = try PullSecretCluster()
        cluster.server.change(resource, "imageswap-pull-secrets", change)
        let json = try #require(cluster.server.get(resource, "imageswap-pull-secrets"))
        return try JSONDecoder().decode(Object.self, from: Data(json.bytes))
    }

    private static let expected = PullSecretPolicy(user: PullSecretCluster.account, home: PullSecretCluster.home)

    @Test func theShippedPolicyHoldsItsAccount() throws {
        #expect(Self.expected.flaws(in: try Self.policy()) == [])
        let binding: AdmissionPolicyBinding = try Self.object(.admissionPolicyBindings) { _ in }
        #expect(PullSecretPolicy.flaws(in: binding, of: "imageswap-pull-secrets") == [])
    }

    @Test func itHoldsNobodyElse() throws {
        let other = PullSecretPolicy(user: PullSecretCluster.account + "s", home: PullSecretCluster.home)
        #expect(other.flaws(in: try Self.policy()).count == 1)
        let elsewhere = PullSecretPolicy(user: PullSecretCluster.account, home: "other")
        #expect(elsewhere.flaws(in: try Self.policy()).count == 3)
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout JSONValue) -> Void
    }

    static let weaker =
        [
            Change(testDescription: "fails open") { $0["spec"]?["failurePolicy"] = "Ignore" },
            Change(testDescription: "no creations") { rule(&$0) { $0["operations"] = ["UPDATE", "DELETE"] } },
            Change(testDescription: "no deletions") { rule(&$0) { $0["operations"] = ["CREATE", "UPDATE"] } },
            Change(testDescription: "of another resource") { rule(&$0) { $0["resources"] = ["configmaps"] } },
            Change(testDescription: "of another group") { rule(&$0) { $0["apiGroups"] = ["apps"] } },
            Change(testDescription: "of one name") { rule(&$0) { $0["resourceNames"] = ["regcred"] } },
            Change(testDescription: "of the cluster's own") { rule(&$0) { $0["scope"] = "Cluster" } },
            Change(testDescription: "no constraints") { $0["spec"]?["matchConstraints"] = nil },
            Change(testDescription: "some excluded") {
                $0["spec"]?["matchConstraints"]?["excludeResourceRules"] = [["resources": ["secrets"]]]
            },
            Change(testDescription: "some namespaces") {
                $0["spec"]?["matchConstraints"]?["namespaceSelector"] = ["matchLabels": ["a": "b"]]
            },
            Change(testDescription: "some objects") {
                $0["spec"]?["matchConstraints"]?["objectSelector"] = [
                    "matchExpressions": [["key": "a", "operator": "Exists"]]
                ]
            },
            Change(testDescription: "a further condition") {
                let conditions = $0["spec"]?["matchConditions"]?.array ?? []
                $0["spec"]?["matchConditions"] = .array(conditions + [["name": "never", "expression": "false"]])
            },
            Change(testDescription: "no names") { $0["spec"]?["variables"] = nil },
            Change(testDescription: "names by an expression") {
                $0["spec"]?["variables"] = [["name": "names", "expression": "[object.metadata.name]"]]
            },
            Change(testDescription: "names twice") {
                let variables = $0["spec"]?["variables"]?.array ?? []
                $0["spec"]?["variables"] = .array(variables + [["name": "names", "expression": "['other']"]])
            },
        ]
        + (0..<5).map { index in
            Change(testDescription: "without validation \(index)") {
                var validations = $0["spec"]?["validations"]?.array ?? []
                validations.remove(at: index)
                $0["spec"]?["validations"] = .array(validations)
            }
        }

    private static func rule(_ policy: inout JSONValue, _ change: (inout JSONValue) -> Void) {
        var rule = policy["spec"]?["matchConstraints"]?["resourceRules"]?.array?.first ?? [:]
        change(&rule)
        policy["spec"]?["matchConstraints"]?["resourceRules"] = [rule]
    }

    @Test(arguments: weaker)
    func aWeakerPolicyIsRefused(row: Change) throws {
        #expect(Self.expected.flaws(in: try Self.policy(row.change)).count == 1)
    }

    static let alike = [
        Change(testDescription: "more is asked") {
            let validations = $0["spec"]?["validations"]?.array ?? []
            $0["spec"]?["validations"] = .array(validations + [["expression": "object.metadata.name != 'x'"]])
        },
        Change(testDescription: "of more resources") { rule(&$0) { $0["resources"] = ["configmaps", "secrets"] } },
        Change(testDescription: "of all operations") { rule(&$0) { $0["operations"] = ["*"] } },
        Change(testDescription: "other names") {
            $0["spec"]?["variables"] = [["name": "names", "expression": "[ 'a.b', \"c-1\" ]"]]
        },
        Change(testDescription: "as the server fills it in") {
            $0["spec"]?["matchConstraints"]?["namespaceSelector"] = [:]
            $0["spec"]?["matchConstraints"]?["objectSelector"] = [:]
            $0["spec"]?["matchConstraints"]?["matchPolicy"] = "Equivalent"
            rule(&$0) { $0["scope"] = "*" }
        },
        Change(testDescription: "other line breaks") {
            let expressions = $0["spec"]?["validations"]?.array ?? []
            $0["spec"]?["validations"] = .array(
                expressions.map {
                    ["expression": .string($0["expression"]?.string?.replacing(" ", with: "\n  ") ?? "")]
                })
        },
    ]

    @Test(arguments: alike)
    func aPolicyThatHoldsAsMuchIsTaken(row: Change) throws {
        #expect(Self.expected.flaws(in: try Self.policy(row.change)) == [])
    }

    @Test(arguments: [
        Change(testDescription: "of another policy") { $0["spec"]?["policyName"] = "other" },
        Change(testDescription: "only warns") { $0["spec"]?["validationActions"] = ["Warn", "Audit"] },
        Change(testDescription: "some namespaces") {
            $0["spec"]?["matchResources"] = ["namespaceSelector": ["matchLabels": ["a": "b"]]]
        },
        Change(testDescription: "some resources") {
            $0["spec"]?["matchResources"] = ["resourceRules": [["resources": ["configmaps"]]]]
        },
    ])
    func aWeakerBindingIsRefused(row: Change) throws {
        let binding: AdmissionPolicyBinding = try Self.object(.admissionPolicyBindings, row.change)
        #expect(PullSecretPolicy.flaws(in: binding, of: "imageswap-pull-secrets").count == 1)
    }

    @Test(
        arguments: [
            ("['a']", ["a"]), ("[ 'a' , \"b.c\" ]", ["a", "b.c"]), ("[]", nil), ("['a',]", nil), ("['a' + 'b']", nil),
            ("['a'] + ['b']", nil), ("'a'", nil), ("['a\\'b']", nil), ("['a\"]", nil), ("[a]", nil), ("", nil),
        ] as [(String, [String]?)])
    func namesAreReadFromAListOfStringsOnly(text: String, names: [String]?) throws {
        let policy = try Self.policy {
            $0["spec"]?["variables"] = [["name": "names", "expression": .string(text)]]
        }
        #expect(PullSecretPolicy.names(in: policy) == names)
    }

    /// The names stand in the Deployment, in the policy and in the ClusterRole.
    @Test func itsPartsNameTheSameSecrets() throws {
        let container = try #require(
            try Self.objects("deployment.yaml").first?["spec"]?["template"]?["spec"]?["containers"]?.elements?.first)
        let variable = container["env"]?.elements?.first { $0["name"]?.string == "IMAGESWAP_PULL_SECRETS" }
        let given = try #require(variable?["value"]?.string).split(separator: ",").map(String.init)
        #expect(PullSecretPolicy.names(in: try Self.policy()) == given)
        let role = try #require(try Self.objects("account.yaml").first { $0["kind"]?.string == "ClusterRole" })
        let rules = try #require(role["rules"]?.elements).filter {
            $0["resources"]?.elements?.compactMap(\.string) == ["secrets"]
        }
        func list(_ rule: YAMLNode, _ key: String) -> [String]? { rule[key]?.elements?.compactMap(\.string) }
        #expect(rules.map { list($0, "resourceNames") } == [given, nil])
        #expect(rules.map { list($0, "verbs") } == [["list", "watch", "patch", "delete"], ["create"]])
    }

    @Test func theProgramAndThePolicyAreOfOneAccount() throws {
        let pod = try #require(try Self.objects("deployment.yaml").first?["spec"]?["template"]?["spec"])
        let account = try #require(pod["serviceAccountName"]?.string)
        #expect(PullSecretCluster.account == "system:serviceaccount:imageswap-system:\(account)")
        let objects = try Self.objects("account.yaml")
        #expect(objects.map { $0["kind"]?.string } == ["ServiceAccount", "ClusterRole", "ClusterRoleBinding"])
        #expect(objects.allSatisfy { $0["metadata"]?["name"]?.string == account })
        let subjects = try #require(objects.last?["subjects"]?.elements)
        #expect(subjects.map { $0["name"]?.string } == [account])
        #expect(objects.last?["roleRef"]?["name"]?.string == account)
    }
}
