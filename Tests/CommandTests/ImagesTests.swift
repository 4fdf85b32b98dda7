import Foundation
import TestSupport
import Testing

struct ImagesTests {
    static let maps = """
        default::b.io
        docker.io::b.io/hub
        quay.io::c.io/q-
        ghcr.io::
        [EXACT]busybox:1::b.io/tools/bb:2
        """
    static let digest = "sha256:" + String(repeating: "0", count: 64)
    static let pods = """
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          template:
            spec:
              containers:
              - {name: a, image: nginx}
              - {name: b, image: "quay.io/a/b:1@\(digest)"}
              initContainers:
              - {name: c, image: 'busybox:1'}
        ---
        kind: Pod
        metadata: {name: one}
        spec:
          containers:
          - {name: a, image: nginx}
          - {name: d, image: ghcr.io/x/y}
          - {name: e, image: b.io/there}
          - {name: f, image: bitnami/redis:7}

        """

    private func images(_ options: [String], input: String = pods) throws -> Command.Outcome {
        let folder = try TemporaryFolder()
        try folder.write(Self.maps, to: "maps")
        return try Command.run(["images", "--maps", "maps"] + options, input: input, in: folder)
    }

    @Test func theTableHasADistinctImageALine() throws {
        let outcome = try images([])
        let rows = outcome.output.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true)
        }
        #expect(
            rows.map { $0[0] } == ["IMAGE", "bitnami/redis:7", "busybox:1", "nginx", "quay.io/a/b:1@\(Self.digest)"])
        #expect(
            outcome.output.contains("  map, line 2    standard input:7 (Deployment shop/web a) and 1 more\n"),
            "\(outcome.output)")
        #expect(outcome.code == 0 && outcome.errors == "")
        let all = try images(["--all"]).output.split(separator: "\n")
        #expect(all.count == 7)
        #expect(all[1].hasPrefix("b.io/there ") && all[1].contains("(stays)") && all[1].contains("already-swapped"))
    }

    @Test func jsonNamesEachUse() throws {
        struct Row: Decodable {
            struct Use: Decodable {
                let file, object, container: String
                let line: Int
            }
            let image, target, decision: String
            let line: Int?
            let uses: [Use]
        }
        let rows = try images(["--format", "json"]).output.split(separator: "\n")
            .map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
        let nginx = try #require(rows.first { $0.image == "nginx" })
        #expect(nginx.target == "b.io/hub/nginx" && nginx.decision == "map" && nginx.line == 2)
        #expect(nginx.uses.map(\.object) == ["Deployment shop/web", "Pod one"])
        #expect(nginx.uses.map(\.line) == [7, 16])
    }

    @Test func csvHasAHeaderAndQuotesWhatNeedsThem() throws {
        let pod = "kind: Pod\nmetadata: {name: 'a,\"b'}\nspec: {containers: [{image: x/y}]}\n"
        #expect(
            try images(["--format", "csv"], input: pod).output == """
                image,target,decision,line,uses,first_use
                x/y,b.io/hub/x/y,map,2,1,"standard input:3 (Pod a,""b)"

                """)
    }

    @Test func craneHasACommandAnImage() throws {
        #expect(
            try images(["--format", "crane"]).output == """
                crane copy bitnami/redis:7 b.io/hub/bitnami/redis:7
                crane copy busybox:1 b.io/tools/bb:2
                crane copy nginx:latest b.io/hub/nginx:latest
                crane copy quay.io/a/b@\(Self.digest) c.io/q-quay.io/a/b@\(Self.digest)

                """)
    }

    @Test func skopeoHasAListAPlace() throws {
        #expect(
            try images(["--format", "skopeo"]).output == """
                #!/bin/sh
                # Copies each image to its mirror.
                set -eu
                skopeo sync --all --preserve-digests --src yaml --dest docker /dev/stdin b.io/hub <<'IMAGES'
                "docker.io":
                  images:
                    "library/nginx":
                      - "latest"
                IMAGES
                skopeo sync --all --preserve-digests --src yaml --dest docker /dev/stdin b.io/hub/bitnami <<'IMAGES'
                "docker.io":
                  images:
                    "bitnami/redis":
                      - "7"
                IMAGES
                skopeo sync --all --preserve-digests --src yaml --dest docker /dev/stdin c.io/q-quay.io/a <<'IMAGES'
                "quay.io":
                  images:
                    "a/b":
                      - "\(Self.digest)"
                IMAGES
                skopeo copy --all --preserve-digests docker://busybox:1 docker://b.io/tools/bb:2

                """)
    }

    @Test func regsyncHasItsConfiguration() throws {
        let output = try images(["--format", "regsync"]).output
        #expect(
            output.hasPrefix(
                "version: 1\nsync:\n  - source: \"bitnami/redis:7\"\n    target: \"b.io/hub/bitnami/redis:7\"\n    type: image\n"
            ))
        #expect(output.split(separator: "\n").count == 14)
        #expect(try images(["--format", "regsync"], input: "").output == "version: 1\nsync: []\n")
    }

    @Test func theScriptCopiesEachImage() throws {
        let folder = try TemporaryFolder()
        try folder.write(try images(["--format", "script"]).output, to: "script")
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["script"]
        shell.currentDirectoryURL = folder.url
        shell.environment = ["PATH": "/usr/bin:/bin", "COPY": "echo copy"]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        #expect(text.split(separator: "\n").count == 4)
        #expect(text.hasPrefix("copy bitnami/redis:7 b.io/hub/bitnami/redis:7\ncopy busybox:1 b.io/tools/bb:2\n"))
    }

    @Test(arguments: ["table", "json", "csv", "crane", "skopeo", "regsync", "script"])
    func differentImagesThatBecomeOneAreToldAndNotCopied(format: String) throws {
        let pod = "kind: Pod\nspec: {containers: [{image: a.io/foo:1}, {image: c.io/foo:1}, {image: a.io/bar}]}\n"
        let folder = try TemporaryFolder()
        try folder.write("default::b.io", to: "maps")
        let outcome = try Command.run(["images", "-m", "maps", "--format", format], input: pod, in: folder)
        let isCopying = !["table", "json", "csv"].contains(format)
        #expect(
            outcome.errors == "b.io/foo:1: different images become this one: a.io/foo:1 (standard input:2 (Pod)), "
                + "c.io/foo:1 (standard input:2 (Pod))" + (isCopying ? ": none of them is copied" : "") + "\n")
        #expect(outcome.code == (isCopying ? 1 : 0))
        #expect(outcome.output.contains("foo") == !isCopying)
        #expect(outcome.output.contains("bar"))
    }

    /// One image by several names is no clash.
    @Test func oneImageByTwoNamesIsCopied() throws {
        let pod = "kind: Pod\nspec: {containers: [{image: nginx}, {image: 'docker.io/library/nginx:latest'}]}\n"
        let folder = try TemporaryFolder()
        try folder.write("default::b.io", to: "maps")
        let outcome = try Command.run(["images", "-m", "maps", "--format", "crane"], input: pod, in: folder)
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
    }

    /// Each use costs the same, however many there are: it took minutes when each was looked for from the file's start.
    @Test func manyUsesOfManyImagesAreListedInAMoment() throws {
        let pods = (0..<40_000).map { "kind: Pod\nspec: {containers: [{image: nginx}, {image: x\($0)}]}\n" }
        let started = ContinuousClock.now
        let outcome = try images(["--format", "csv"], input: pods.joined(separator: "---\n"))
        #expect(ContinuousClock.now - started < .seconds(60))
        #expect(outcome.output.split(separator: "\n").count == 40_002)
        #expect(outcome.output.contains("nginx,b.io/hub/nginx,map,2,40000,"))
    }

    @Test func whatIsNoImageIsTold() throws {
        let outcome = try images([], input: "kind: Pod\nspec: {containers: [{image: 'a:b:c'}]}\n")
        #expect(outcome.errors == "a:b:c: stays, invalid-image: standard input:2 (Pod)\n")
        #expect(outcome.code == 0)
    }

    @Test func aFileThatCannotBeReadIsToldAndTheOthersAreListed() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.maps, to: "maps")
        try folder.write(Self.pods, to: "m/a.yaml")
        try folder.write("a: [", to: "m/b.yaml")
        let outcome = try Command.run(["images", "-m", "maps", "--format", "crane", "m"], in: folder)
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasPrefix("m/b.yaml:2:1: "), "\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").count == 4)
    }
}
