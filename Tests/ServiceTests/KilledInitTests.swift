// imageswap-init killed at each of its steps: before each change of a file, each request and each answer.

import APIServerStandIn
import Certificates
import ClusterSimulation
import Foundation
import Glibc
import Posix
import Provisioning
import TestSupport
import Testing

@Suite struct KilledInitTests {
    private static let day: Int64 = 86400

    /// A state of things, and the command that takes it further.
    struct Scene: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        /// Whether the webhook configuration is looked after.
        var registers = true
        /// Brings about the state: pods that looked in the past. The clock is now after it.
        var prepare: @Sendable (SimulatedCluster, _ directory: String) throws -> Void = { _, _ in }
        /// What must hold in the end.
        var check: @Sendable (SimulatedCluster) throws -> Void = { _ in }
    }

    private static let shortLives = ["IMAGESWAP_CA_LIFETIME": "30d", "IMAGESWAP_CERT_LIFETIME": "25d"]

    static let scenes = [
        Scene(testDescription: "first start of an init container", arguments: ["--once"], registers: false),
        Scene(
            testDescription: "first start of a sidecar",
            check: { #expect($0.configured.entries.count == 1) }),
        Scene(
            testDescription: "renewal",
            prepare: { try startPod($0, $1, ago: 61 * day) },
            check: { #expect($0.configured.entries.count == 1) }),
        Scene(
            testDescription: "the CA's next one announced and published",
            environment: shortLives,
            prepare: { try startPod($0, $1, ago: 21 * day, life: 30 * day) },
            check: { cluster in
                let state = try #require(try cluster.authority())
                #expect(cluster.configured.entries.count == 2)
                #expect(state.record.next?.published != nil)
            }),
        Scene(
            testDescription: "the next CA signs",
            environment: shortLives,
            prepare: { cluster, directory in
                try startPod(cluster, directory, ago: 21 * day, life: 30 * day)
                cluster.time.advance(by: .seconds(-700))
                cluster.pods.last?.look()
                cluster.time.advance(by: .seconds(700))
            },
            check: { cluster in
                let state = try #require(try cluster.authority())
                #expect(state.next == nil && state.record.former.count == 1)
                #expect(cluster.configured.entries.count == 2)
            }),
        Scene(
            testDescription: "a former CA leaves",
            environment: shortLives,
            prepare: { cluster, directory in
                // The next one signs since ten days; since a day, all that the former one could sign has ended.
                try startPod(cluster, directory, ago: 31 * day, life: 30 * day)
                cluster.time.advance(by: .seconds(-10 * day))
                cluster.pods.last?.look()
                cluster.time.advance(by: .seconds(700))
                cluster.pods.last?.look()
                cluster.time.advance(by: .seconds(10 * day - 700))
            },
            check: { #expect($0.configured.entries.count == 1) }),
        Scene(
            testDescription: "a certificate of the cluster",
            environment: ["IMAGESWAP_TLS_SOURCE": "csr", "IMAGESWAP_POD_NAME": "pod-1"]),
        Scene(
            testDescription: "another provided pair, with a key of its own",
            environment: ["IMAGESWAP_TLS_SOURCE": "provided"],
            prepare: { cluster, directory in
                let authority = try SigningPair(
                    commonName: "Company CA", validity: Validity(seconds: 365 * day, from: cluster.now - day))
                try provide(by: authority, at: cluster.now - day, in: directory + "-provided")
                try cluster.addPod(
                    source: .provided(directory: directory + "-provided", names: ProvidedNames()), directory: directory)
                cluster.pods.last?.look()
                try provide(by: authority, at: cluster.now, in: directory + "-provided")
            }),
    ]

    private static func provide(by authority: SigningPair, at now: Int64, in directory: String) throws {
        let key = try PrivateKey.generate()
        let identity = try ServiceIdentity(service: "imageswap", namespace: "imageswap-system")
        let certificate = try authority.authority().sign(
            serving: identity.names, commonName: identity.commonName, key: key,
            validity: Validity(seconds: 90 * day, from: now))
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (name, bytes) in [
            ("tls.crt", try certificate.pem), ("tls.key", try key.pem), ("ca.crt", authority.entry.pem),
        ] { try Data(bytes).write(to: URL(filePath: "\(directory)/\(name)")) }
    }

    /// A pod that started so long ago, and the clock now.
    private static func startPod(
        _ cluster: SimulatedCluster, _ directory: String, ago: Int64, life: Int64 = 5 * 365 * day
    ) throws {
        cluster.time.advance(by: .seconds(-ago))
        try cluster.addPod(
            source: .selfSigned(secret: "imageswap-ca", authorityLifetime: life), directory: directory
        ) {
            if life < 90 * day { $0.certificateLifetime = 25 * day }
        }
        cluster.pods.last?.look()
        cluster.time.advance(by: .seconds(ago))
    }

    @Test(arguments: scenes)
    func theNextRunEndsInTheRightState(scene: Scene) throws {
        var step = 0
        var isKilled = true
        while isKilled {
            step += 1
            let cluster = try SimulatedCluster(at: Int64(Date().timeIntervalSince1970))
            let folder = try TemporaryFolder()
            let directory = (folder / "tls").path
            try scene.prepare(cluster, directory)
            let served = try TLSDirectory(directory).load().pair
            let before = cluster.configured

            isKilled = try run(scene, cluster, folder, killedAt: step)
            let files = try TLSDirectory(directory).load()
            if served != nil || !isKilled {
                let pair = try #require(files.pair, "killed at step \(step): \(files.flaw ?? "")")
                #expect(pair.validity.notAfter > cluster.now)
                if !before.isEmpty {
                    #expect(pair.isTrusted(by: before, at: cluster.now), "killed at step \(step)")
                    #expect(pair.isTrusted(by: cluster.configured, at: cluster.now), "killed at step \(step)")
                }
            }

            let isKilledAgain = try run(scene, cluster, folder, killedAt: nil)
            #expect(!isKilledAgain)
            try checkEnd(of: scene, cluster, directory, "killed at step \(step)")
        }
        // A look that does anything has more than the requests and the status file.
        #expect(step > 10)
    }

    /// The webhook configuration first: at no step is there one whose webhook has lost its CA.
    @Test func aCleanupThatIsKilledIsFinishedByTheNext() throws {
        var step = 0
        var isKilled = true
        while isKilled {
            step += 1
            let cluster = try SimulatedCluster(at: Int64(Date().timeIntervalSince1970))
            let folder = try TemporaryFolder()
            for source in [
                SourceOptions.selfSigned(secret: "imageswap-ca", authorityLifetime: 365 * Self.day),
                .csr(signerName: "kubernetes.io/kubelet-serving", podName: "pod-1"),
            ] { try cluster.addPod(source: source, directory: (folder / "\(source.name)").path).look() }
            func isThere(_ resource: APIResource) -> Bool { !cluster.server.all(resource).isEmpty }
            #expect(isThere(.webhookConfigurations) && isThere(.secrets) && isThere(.certificateSigningRequests))

            isKilled = try run(["cleanup"], [:], cluster, folder, killedAt: step)
            if isThere(.webhookConfigurations) {
                #expect(isThere(.secrets) && isThere(.certificateSigningRequests), "killed at step \(step)")
            }
            let isKilledAgain = try run(["cleanup"], [:], cluster, folder, killedAt: nil)
            #expect(!isKilledAgain)
            for resource in [APIResource.webhookConfigurations, .secrets, .certificateSigningRequests] {
                #expect(!isThere(resource), "killed at step \(step)")
            }
        }
        #expect(step > 6)
    }

    /// One of each kind of write, and someone else's Secret: whatever was done when it was killed, the next run ends it.
    @Test func copiesOfPullSecretsAreRightAfterTheNextRun() throws {
        var step = 0
        var isKilled = true
        while isKilled {
            step += 1
            let cluster = try PullSecretCluster(names: ["regcred", "former"])
            let folder = try TemporaryFolder()
            let marks = [PullSecretCluster.mark: PullSecretCluster.home]
            cluster.server.putSecret("regcred", in: PullSecretCluster.home, content: "new")
            cluster.addNamespaces("a", "b", "c", "d", "e")
            cluster.server.putSecret("regcred", in: "b", content: "old", labels: marks)
            cluster.server.putSecret("regcred", in: "c", type: "Opaque", labels: marks)
            cluster.server.putSecret("regcred", in: "d", content: "mine")
            cluster.server.putSecret("former", in: "e", labels: marks)
            cluster.server.putSecret("regcred", in: "left", labels: marks)

            let arguments = ["pull-secrets", "--once", "--secret", "regcred"]
            isKilled = try run(arguments, [:], cluster.server, folder, killedAt: step)
            let isKilledAgain = try run(arguments, [:], cluster.server, folder, killedAt: nil)
            #expect(!isKilledAgain)
            let wanted = ["a", "b", "c", "e"].map { ("\($0)/regcred", "new") }
            #expect(cluster.copies == Dictionary(uniqueKeysWithValues: wanted), "killed at step \(step)")
            let mine = cluster.server.get(.secrets, "regcred", namespace: "d")
            #expect(mine?["data"]?.data(".dockerconfigjson") == Array("mine".utf8), "killed at step \(step)")

            // The same of the cleanup.
            let cleanup = ["cleanup", "--pull-secrets"]
            _ = try run(cleanup, [:], cluster.server, folder, killedAt: step)
            #expect(!(try run(cleanup, [:], cluster.server, folder, killedAt: nil)))
            #expect(cluster.copies == [:], "killed at step \(step)")
            #expect(cluster.server.get(.secrets, "regcred", namespace: "d") != nil)
        }
        // Each write is two of them.
        #expect(step > 20)
    }

    /// The one that stays, killed at any moment while namespaces come and go and Secrets change under it.
    @Test func copiesAreRightHoweverOftenTheOneThatStaysIsKilled() throws {
        let cluster = try PullSecretCluster()
        let folder = try TemporaryFolder()
        try cluster.server.writeKubeconfig(to: (folder / "kubeconfig").path)
        let home = PullSecretCluster.home
        let arguments = ["pull-secrets", "--secret", "regcred", "--kubeconfig", (folder / "kubeconfig").path]
        cluster.addNamespaces("theirs")
        cluster.server.putSecret("regcred", in: "theirs", content: "mine")
        let theirs = cluster.server.get(.secrets, "regcred", namespace: "theirs")
        var wanted: Set<String> = []
        for round in 0..<30 {
            cluster.server.putSecret("regcred", in: home, content: "round \(round)")
            let program = try Program("imageswap-init", arguments, log: folder / "log")
            for change in 0..<4 {
                let name = "team-\(round)-\(change)"
                cluster.addNamespaces(name)
                wanted.insert(name)
                Posix.Thread.sleep(milliseconds: .random(in: 0...80))
                guard let other = wanted.randomElement() else { continue }
                switch change {
                case 0:
                    cluster.server.putNamespace(other, labels: [:])
                    wanted.remove(other)
                case 1: cluster.server.remove(.secrets, "regcred", namespace: other)
                case 2:
                    cluster.server.putSecret(
                        "regcred", in: other, content: "spoilt", labels: [PullSecretCluster.mark: home])
                default: cluster.server.putSecret("regcred", in: home, content: "round \(round), again")
                }
            }
            try #require(program.isRunning, "\(program.output)")
            program.send(SIGKILL)
            try #require(program.exitCode() == SIGKILL)
        }
        // It was killed before, amid and after its writes.
        #expect(Set(cluster.writes.map { $0.prefix { $0 != " " } }) == ["POST", "PATCH", "DELETE"])
        let last = try Program("imageswap-init", arguments, log: folder / "log")
        let copies = Dictionary(uniqueKeysWithValues: wanted.map { ("\($0)/regcred", "round 29, again") })
        #expect(eventually { cluster.copies == copies }, "\(last.output)")
        #expect(cluster.server.get(.secrets, "regcred", namespace: "theirs") == theirs)
    }

    private func checkEnd(of scene: Scene, _ cluster: SimulatedCluster, _ directory: String, _ at: String) throws {
        let pair = try #require(try TLSDirectory(directory).load().pair, "\(at)")
        #expect(pair.validity.notAfter > cluster.now && !pair.validity.isNearEnd(at: cluster.now))
        let status = try KeeperStatus(json: [UInt8](Data(contentsOf: URL(filePath: directory + "/status.json"))))
        #expect(status.last_error == nil, "\(at)")
        if scene.registers {
            #expect(pair.isTrusted(by: cluster.configured, at: cluster.now), "\(at)")
            #expect(status.registered == true, "\(at)")
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
        #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(at): \(names)")
        #expect(names.count { $0.hasPrefix("pair.") && !$0.contains("/") } <= 2, "\(at): \(names)")
        try scene.check(cluster)
    }

    private func run(
        _ scene: Scene, _ cluster: SimulatedCluster, _ folder: TemporaryFolder, killedAt step: Int?
    ) throws -> Bool {
        let directory = (folder / "tls").path
        let arguments = [
            "run", "--tls-dir", directory, "--provided-dir", directory + "-provided", "--mwc-template",
            cluster.template,
        ]
        return try run(arguments + scene.arguments, scene.environment, cluster, folder, killedAt: step)
    }

    /// Runs the program until it is killed, rests or ends; whether it was killed.
    private func run(
        _ arguments: [String], _ environment: [String: String], _ cluster: SimulatedCluster, _ folder: TemporaryFolder,
        killedAt step: Int?
    ) throws -> Bool {
        try run(arguments, environment, cluster.server, folder, killedAt: step)
    }

    private func run(
        _ arguments: [String], _ environment: [String: String], _ server: APIServerStandIn, _ folder: TemporaryFolder,
        killedAt step: Int?
    ) throws -> Bool {
        let kubeconfig = (folder / "kubeconfig").path
        try server.writeKubeconfig(to: kubeconfig)
        var environment = environment
        environment["LD_PRELOAD"] = Program.built.appending(path: "libKillSwitch.so").path
        if let step { environment["KILL_AT"] = "\(step)" }
        let program = try Program(
            "imageswap-init", arguments + ["--kubeconfig", kubeconfig], environment: environment, log: folder / "log")
        let code = try #require(program.exitCode(), "\(program.output)")
        if code == SIGKILL { return true }
        #expect(code == 0, "\(program.output)")
        return false
    }
}
