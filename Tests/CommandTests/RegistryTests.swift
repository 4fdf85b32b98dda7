// What registries are asked: `explain --verify` and `images --missing`, against real ones and hostile ones.

import Foundation
import RegistryServers
import TestSupport
import Testing

struct RegistryTests {
    private static func manifest(_ images: [String]) -> String {
        "kind: Pod\nspec: {containers: [\(images.map { "{image: '\($0)'}" }.joined(separator: ", "))]}\n"
    }

    private static func run(
        _ arguments: [String], maps: String, images: [String] = [], environment: [String: String] = [:]
    ) throws -> Command.Outcome {
        let folder = try TemporaryFolder()
        try folder.write(maps, to: "maps")
        // Whatever login whoever runs this test has is none of its business.
        let own = ["HOME": folder.path].merging(environment) { $1 }
        return try Command.run(arguments + ["--maps", "maps"], input: manifest(images), environment: own, in: folder)
    }

    private static func missing(
        _ images: [String], at host: String, _ options: [String] = [], environment: [String: String] = [:]
    ) throws -> Command.Outcome {
        try run(
            ["images", "--missing", "--format", "csv"] + options, maps: "default::\(host)", images: images,
            environment: environment)
    }

    private static func listed(_ outcome: Command.Outcome) -> [String] {
        outcome.output.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
    }

    @Test func explainTellsWhatRegistriesHaveAndWhatBecomesOfTheImage() throws {
        let registry = try RealRegistry()
        let host = registry.host
        let digest = try registry.push("near/app:1", note: "near")
        let other = try registry.push("far/tool:2", note: "far")
        let maps = "default::\(host)/near|\(host)/far\n[VERIFY]\(host)::pin\n"
        let options = ["--verify", "--plain-http", host]
        let outcome = try Self.run(["explain", "app:1", "tool:2", "none:3"] + options, maps: maps)
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        let parts = outcome.output.components(separatedBy: "\n\n")
        try #require(parts.count == 3, "\(outcome.output)")
        #expect(parts[0].contains("  becomes   \(host)/near/app:1@\(digest)\n"), "\(parts[0])")
        #expect(parts[0].contains("  asked     \(host)/near/app:1: there, \(digest)\n"), "\(parts[0])")
        #expect(parts[1].contains("  becomes   \(host)/far/tool:2@\(other)\n"), "\(parts[1])")
        #expect(parts[1].contains("  asked     \(host)/near/tool:2: absent: it is not there\n"), "\(parts[1])")
        #expect(parts[1].contains("            \(host)/far/tool:2: there, \(other)\n"), "\(parts[1])")
        #expect(parts[2].contains("  stays as it is\n  decision  not-mirrored"), "\(parts[2])")

        struct Answer: Decodable {
            struct Asked: Decodable {
                let image, state: String
                let digest: String?
            }
            let result, decision: String
            let asked: [Asked]
        }
        let json = try Self.run(["explain", "tool:2", "--format", "json"] + options, maps: maps)
        let answer = try JSONDecoder().decode(Answer.self, from: Data(json.output.utf8))
        #expect(answer.result == "\(host)/far/tool:2@\(other)" && answer.decision == "default")
        #expect(answer.asked.map(\.state) == ["absent", "present"])
        #expect(answer.asked.map(\.digest) == [nil, other])
    }

    @Test func onlyWhatTheRegistryLacksIsMissing() throws {
        let registry = try RealRegistry()
        try registry.push("app:1")
        let images = ["app:1", "app:2", "team/none"]
        let outcome = try Self.missing(images, at: registry.host, ["--plain-http", registry.host])
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        #expect(Self.listed(outcome) == ["app:2", "team/none"])
        let crane = try Self.run(
            ["images", "--missing", "--format", "crane", "--plain-http", registry.host],
            maps: "default::\(registry.host)", images: images)
        #expect(
            crane.output == """
                crane copy app:2 \(registry.host)/app:2
                crane copy team/none:latest \(registry.host)/team/none:latest

                """)
    }

    @Test func anImageWithoutAPlatformIsMissing() throws {
        let registry = try RealRegistry()
        try registry.push("both:1", platforms: ["linux/amd64", "linux/arm64"])
        try registry.push("one:1", platforms: ["linux/amd64"])
        let plain = ["--plain-http", registry.host]
        #expect(Self.listed(try Self.missing(["both:1", "one:1"], at: registry.host, plain)).isEmpty)
        let outcome = try Self.missing(
            ["both:1", "one:1"], at: registry.host, plain + ["--platforms", "linux/amd64,linux/arm64"])
        #expect(outcome.code == 0)
        #expect(Self.listed(outcome) == ["one:1"])
        let explained = try Self.run(
            ["explain", "one:1", "--verify", "--platforms", "linux/arm64"] + plain,
            maps: "default::\(registry.host)\n[VERIFY]\(registry.host)::\n")
        #expect(explained.output.contains("one:1: absent: "), "\(explained.output)")
    }

    @Test(arguments: [
        StandInRegistry.Answer.status(500), .status(429), .cut, .nothing, .status(401),
        .status(200, ["Content-Type: text/html"], "<html>"),
    ])
    func whatNobodyKnowsIsToldAndNotListed(answer: StandInRegistry.Answer) throws {
        let bad = try StandInRegistry { _ in answer }
        let good = try StandInRegistry { _ in .status(404, ["Docker-Distribution-Api-Version: registry/2.0"]) }
        let options = ["--plain-http", bad.host, "--plain-http", good.host, "--patience", "2"]
        let maps = "default::\(good.host)\nquay.io::\(bad.host)\n[VERIFY]\(bad.host)::\n"
        let outcome = try Self.run(
            ["images", "--missing", "--format", "csv"] + options, maps: maps, images: ["nginx:1", "quay.io/a:1"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasPrefix("\(bad.host)/a:1: unknown: "), "\(outcome.errors)")
        #expect(outcome.errors.hasSuffix(": not listed\n"), "\(outcome.errors)")
        #expect(Self.listed(outcome) == ["nginx:1"])
        let explained = try Self.run(["explain", "quay.io/a:1", "--verify"] + options, maps: maps)
        #expect(explained.code == 0)
        #expect(explained.output.contains("  becomes   \(bad.host)/a:1\n"), "\(explained.output)")
        #expect(explained.output.contains("  asked     \(bad.host)/a:1: unknown: "), "\(explained.output)")
    }

    @Test func aRegistryIsAskedWithoutTLSOnlyWhereThatIsSaid() throws {
        let registry = try StandInRegistry { _ in .status(404, ["Docker-Distribution-Api-Version: registry/2.0"]) }
        #expect(try Self.missing(["app:1"], at: registry.host, ["--patience", "1"]).code == 1)
        #expect(registry.requests.isEmpty)
        #expect(try Self.missing(["app:1"], at: registry.host, ["--plain-http", registry.host]).code == 0)
        #expect(!registry.requests.isEmpty)
    }

    @Test func credentialsComeFromAFileOrDockersOwn() throws {
        let folder = try TemporaryFolder()
        try Daemon.run(
            "/usr/bin/htpasswd", ["-Bbc", folder.path + "/htpasswd", "u", "p"], log: (folder / "htpasswd.log").path)
        let registry = try RealRegistry(
            folder, sections: "auth: {htpasswd: {realm: r, path: $FOLDER/htpasswd}}",
            skopeo: ["--dest-tls-verify=false", "--dest-creds=u:p"])
        try registry.push("app:1")
        let plain = ["--plain-http", registry.host]
        let images = ["app:1", "app:2"]
        let none = try Self.missing(images, at: registry.host, plain)
        #expect(none.code == 1 && Self.listed(none).isEmpty, "\(none.errors)")
        let login = #"{"auths":{"\#(registry.host)":{"username":"u","password":"p"}}}"#
        let file = try folder.write(login, to: "home/.docker/config.json")
        let named = try Self.missing(images, at: registry.host, plain + ["--config-file", file])
        #expect(named.code == 0 && Self.listed(named) == ["app:2"], "\(named.errors)")
        let own = try Self.missing(images, at: registry.host, plain, environment: ["HOME": (folder / "home").path])
        #expect(own.code == 0 && Self.listed(own) == ["app:2"], "\(own.errors)")
    }

    @Test func withoutAVerifyLineNothingIsAskedFor() throws {
        let registry = try StandInRegistry { _ in .cut }
        let outcome = try Self.run(
            ["explain", "nginx", "--verify", "--plain-http", registry.host], maps: "default::\(registry.host)")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "the map file has no [VERIFY] line, so nothing is asked for\n")
        #expect(registry.requests.isEmpty)
    }
}
