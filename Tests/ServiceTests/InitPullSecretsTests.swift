// The command `imageswap-init pull-secrets`, really run, and the cleanup after it.

import APIServerStandIn
import ClusterSimulation
import Foundation
import Posix
import TestSupport
import Testing

@Suite struct InitPullSecretsTests {
    private let folder: TemporaryFolder
    private let cluster: PullSecretCluster

    init() throws {
        folder = try TemporaryFolder()
        cluster = try PullSecretCluster(names: ["regcred", "team"])
        cluster.server.putSecret("regcred", in: PullSecretCluster.home)
        cluster.server.putSecret("team", in: PullSecretCluster.home)
        cluster.addNamespaces("a", "b")
        try cluster.server.writeKubeconfig(to: kubeconfig)
    }

    private var kubeconfig: String { (folder / "kubeconfig").path }

    private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> InitProgram {
        try InitProgram(arguments, environment: environment.merging(["KUBECONFIG": kubeconfig]) { own, _ in own })
    }

    @Test(
        arguments: [
            (["--secret", "regcred", "team"], nil), (["--secret", "regcred", "--secret", "team"], nil),
            (["--secret", "regcred,team"], nil), (["--secret", "regcred, team,regcred"], nil), ([], "regcred,team"),
            ([], " regcred team ,"), (["--secret", "regcred,team"], "other"),
        ] as [([String], String?)])
    func namesAreTakenFromOptionsOrTheEnvironment(options: [String], variable: String?) throws {
        let result = try run(
            ["pull-secrets", "--once"] + options, environment: variable.map { ["IMAGESWAP_PULL_SECRETS": $0] } ?? [:])
        #expect(result.status == 0, "\(result.errors)")
        #expect(cluster.copies.keys.sorted() == ["a/regcred", "a/team", "b/regcred", "b/team"])
    }

    @Test(arguments: [
        ([], "no pull secret is named: set --secret or IMAGESWAP_PULL_SECRETS"),
        (["--secret", "Upper"], "\"Upper\" is no name of a Secret"),
        (["--secret", "a/b"], "\"a/b\" is no name of a Secret"),
        (
            ["--secret", (0..<33).map { "s\($0)" }.joined(separator: ",")],
            "33 pull secrets are named; at most 32 may be"
        ),
        (["--secret", "regcred,unknown"], "does not let unknown through"),
        (["--secret", "regcred", "--policy", "other"], "ValidatingAdmissionPolicy other is missing"),
        (["--secret", "regcred", "--policy-binding", "other"], "ValidatingAdmissionPolicyBinding other is missing"),
    ])
    func whatIsWrongEndsWith78(options: [String], text: String) throws {
        let result = try run(["pull-secrets", "--once"] + options)
        #expect(result.status == 78)
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(cluster.writes == [])
    }

    @Test(arguments: [["--listen", "8080"], ["--listen", "a:b"], ["--interval", "soon"], ["--nonsense"]])
    func wrongOptionsEndWith64(options: [String]) throws {
        #expect(try run(["pull-secrets", "--secret", "regcred"] + options).status == 64)
    }

    @Test func anEmptySelectorMeansEachNamespace() throws {
        #expect(try run(["pull-secrets", "--once", "--secret", "regcred", "--namespace-selector", ""]).status == 0)
        #expect(cluster.copies.keys.sorted() == ["a/regcred", "b/regcred", "default/regcred"])
    }

    @Test func aSourceThatIsMissingIsNamedAndEndsWith78() throws {
        cluster.server.remove(.secrets, "team", namespace: PullSecretCluster.home)
        let result = try run(["pull-secrets", "--once", "--secret", "regcred,team"])
        #expect(result.status == 78)
        #expect(result.errors.contains("Secret imageswap-system/team is missing"), "\(result.errors)")
        #expect(cluster.copies.keys.sorted() == ["a/regcred", "b/regcred"])
    }

    @Test func whatIsForbiddenEndsWith77AndNamesTheRight() throws {
        cluster.server.permissions = { verb, resource, _ in !(verb == "list" && resource == "namespaces") }
        let result = try run(["pull-secrets", "--once", "--secret", "regcred"])
        #expect(result.status == 77)
        #expect(result.errors.contains("RBAC must grant the verb list on namespaces"), "\(result.errors)")
    }

    /// The program, copying one Secret, and its port. A free port can be taken by another test until the program has it:
    /// then another one is tried.
    private func startListening() throws -> (Program, UInt16) {
        for _ in 0..<10 {
            let port = try Descriptor.tcpListener(host: "127.0.0.1", port: 0).boundPort()
            let program = try Program(
                "imageswap-init",
                ["pull-secrets", "--secret", "regcred", "--kubeconfig", kubeconfig, "--listen", "127.0.0.1:\(port)"],
                log: folder / "log")
            // It listens before it copies anything.
            let isThere = eventually { cluster.copies.count == 2 || !program.isRunning }
            if isThere, program.isRunning { return (program, port) }
            try #require(program.output.contains("cannot listen at"), "\(program.output)")
        }
        throw CocoaError(.fileWriteUnknown)
    }

    private func get(_ path: String, port: UInt16) throws -> String {
        let result = try Program.run(
            "/bin/bash",
            [
                "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); printf 'GET \(path) HTTP/1.1\\r\\n\\r\\n' >&3; cat <&3",
            ])
        return result.output
    }

    @Test func itStaysTellsHowItIsAndEndsAtOnce() throws {
        let (program, port) = try startListening()
        #expect(try eventually { try get("/readyz", port: port).hasSuffix("\r\n\r\nready\n") })
        #expect(try get("/healthz", port: port).hasSuffix("\r\n\r\nok\n"))
        cluster.addNamespaces("c")
        #expect(
            try eventually { try get("/metrics", port: port).contains("\nimageswap_pull_secrets_in_place 3\n") })
        let metrics = try get("/metrics", port: port)
        for line in [
            "imageswap_pull_secrets_wanted 3", "imageswap_pull_secrets_source_ready{secret=\"regcred\"} 1",
            "imageswap_pull_secrets_writes_total{action=\"create\"} 3", "imageswap_pull_secrets_failures_total 0",
        ] { #expect(metrics.contains("\n\(line)\n"), "\(metrics)") }
        program.send(SIGTERM)
        #expect(program.exitCode(within: 5) == 0)
    }

    @Test func itEndsWhereThePolicyIsTakenAway() throws {
        let program = try Program(
            "imageswap-init",
            ["pull-secrets", "--secret", "regcred", "--kubeconfig", kubeconfig, "--interval", "1s"], log: folder / "log"
        )
        #expect(eventually { cluster.copies.count == 2 }, "\(program.output)")
        cluster.server.remove(.admissionPolicies, "imageswap-pull-secrets")
        #expect(program.exitCode() == 78)
        #expect(
            program.output.contains("ValidatingAdmissionPolicy imageswap-pull-secrets is missing"), "\(program.output)")
        #expect(cluster.copies.count == 2)
    }

    // MARK: cleanup

    @Test(arguments: [[], ["--secret", "regcred,team"]])
    func cleanupTakesAllCopiesAwayAndNothingElse(options: [String]) throws {
        _ = try run(["pull-secrets", "--once", "--secret", "regcred,team"])
        #expect(cluster.copies.count == 4)
        cluster.server.putSecret("regcred", in: "other", content: "mine")
        cluster.server.putSecret("regcred", in: "elsewhere", labels: [PullSecretCluster.mark: "another-installation"])
        cluster.server.put(.webhookConfigurations, ["metadata": ["name": "imageswap-webhook"], "webhooks": []])
        let result = try run(["cleanup", "--pull-secrets"] + options)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output == """
                deleted Secret a/regcred
                deleted Secret b/regcred
                deleted Secret a/team
                deleted Secret b/team

                """)
        #expect(cluster.copies == [:])
        for namespace in [PullSecretCluster.home, "other", "elsewhere"] {
            #expect(cluster.server.get(.secrets, "regcred", namespace: namespace) != nil)
        }
        #expect(cluster.server.get(.webhookConfigurations, "imageswap-webhook") != nil)
        let again = try run(["cleanup", "--pull-secrets"] + options)
        #expect(again.output == "no copies of pull secrets of imageswap-system were there\n")
    }

    @Test func cleanupOfSomeNamesLeavesTheOthers() throws {
        _ = try run(["pull-secrets", "--once", "--secret", "regcred,team"])
        #expect(try run(["cleanup", "--pull-secrets", "--secret", "team"]).status == 0)
        #expect(cluster.copies.keys.sorted() == ["a/regcred", "b/regcred"])
    }

    @Test func cleanupSaysWhereCopiesAreMadeAnew() throws {
        _ = try run(["pull-secrets", "--once", "--secret", "regcred"])
        let server = cluster.server
        server.configure { [server] in
            $0.onAnswer = { [weak server] request, _ in
                guard request.verb == "delete", let namespace = request.namespace else { return }
                server?.putSecret(
                    "regcred", in: namespace, labels: [PullSecretCluster.mark: PullSecretCluster.home])
            }
        }
        let result = try run(["cleanup", "--pull-secrets"])
        #expect(result.status == 69)
        #expect(
            result.errors.hasPrefix(
                "Error: 2 copies of pull secrets are there again, Secret a/regcred among them: end"),
            "\(result.errors)")
    }

    @Test func cleanupTouchesNoSecretThatLostItsLabelMeanwhile() throws {
        _ = try run(["pull-secrets", "--once", "--secret", "regcred"])
        let server = cluster.server
        server.configure { [server] in
            $0.onRequest = { [weak server] request in
                guard request.verb == "delete", request.namespace == "a" else { return }
                server?.putSecret("regcred", in: "a", content: "mine")
            }
        }
        let result = try run(["cleanup", "--pull-secrets"])
        #expect(result.errors.contains("changed meanwhile (409)"), "\(result.errors)")
        #expect(server.get(.secrets, "regcred", namespace: "a") != nil)
        #expect(server.get(.secrets, "regcred", namespace: "b") == nil)
    }

    @Test func namesWithoutTheFlagAreWrong() throws {
        #expect(try run(["cleanup", "--secret", "regcred"]).status == 64)
    }
}
