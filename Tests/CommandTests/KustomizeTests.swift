import Foundation
import TestSupport
import Testing

/// What kustomize would build stays the image that it was, but for its place.
struct KustomizeTests {
    static let rules = ["--prefix", "b.io"]

    static func pod(_ image: String) -> String { "kind: Pod\nspec:\n  containers:\n  - image: \(image)\n" }

    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        return folder
    }

    private static let one = [
        "a/p.yaml": pod("\"nginx:1.0\""), "a/q.yaml": pod("redis:7"),
        "a/kustomization.yaml": "resources: [p.yaml, ./q.yaml]\nimages:\n- name: nginx\n  newTag: \"1.27\"\n",
    ]

    @Test func anImageThatAnEntryNamesKeepsItsNameAndTheEntryGetsTheNewOne() throws {
        let folder = try folder(Self.one)
        let outcome = try Command.run(["rewrite", "-i", "--kustomize", "a"] + Self.rules, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try folder.read("a/p.yaml") == Self.one["a/p.yaml"])
        #expect(try folder.read("a/q.yaml") == Self.pod("b.io/redis:7"))
        #expect(try folder.read("a/kustomization.yaml").contains("- name: nginx\n  newName: b.io/nginx\n  newTag"))
        let again = try Command.run(["rewrite", "--check", "--kustomize", "a"] + Self.rules, in: folder)
        #expect(again.code == 0, "\(again.errors)")
    }

    @Test(arguments: [["a"], ["a/p.yaml"], ["--kustomize", "a/p.yaml"]])
    func whereTheEntryIsNotRewrittenItIsAProblem(options: [String]) throws {
        let folder = try folder(Self.one)
        let outcome = try Command.run(["rewrite", "-i"] + options + Self.rules, in: folder)
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.hasPrefix(
                "a/p.yaml:4:12: a/kustomization.yaml finds this image by its name: it is left alone\n"),
            "\(outcome.errors)")
        #expect(try folder.read("a/p.yaml") == Self.one["a/p.yaml"])
    }

    @Test func overlaysAndComponentsReachTheFilesOfTheirBases() throws {
        let folder = try folder([
            "base/p.yaml": Self.pod("nginx:1.0"), "base/kustomization.yml": "resources: [p.yaml]\n",
            "other/p.yaml": Self.pod("nginx:1.0"),
            "prod/kustomization.yaml":
                "resources: [../base]\ncomponents: [../tags]\nimages:\n- name: quay.io/n\n  newTag: '2'\n",
            "tags/kustomization.yaml":
                "kind: Component\nimages:\n- name: nginx\n  newName: quay.io/n\n",
        ])
        let outcome = try Command.run(
            ["rewrite", "-i", "--kustomize", "base", "other", "prod", "tags"] + Self.rules, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try folder.read("base/p.yaml") == Self.pod("nginx:1.0"))
        #expect(try folder.read("other/p.yaml") == Self.pod("b.io/nginx:1.0"))
        #expect(try folder.read("prod/kustomization.yaml").contains("- name: quay.io/n\n  newName: b.io/n\n"))
    }

    @Test func aBaseAndAnOverlayAreFoundHoweverTheyAreNamed() throws {
        let folder = try folder([
            "base/p.yaml": Self.pod("nginx:1"), "base/kustomization.yaml": "resources: [p.yaml]\n",
            "prod/kustomization.yaml": "resources: [../base]\nimages:\n- name: nginx\n  newTag: '3'\n",
        ])
        let prod = URL(filePath: folder.url.path).resolvingSymlinksInPath().path + "/prod"
        let outcome = try Command.run(["rewrite", "-i", "--kustomize", "base", prod] + Self.rules, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try folder.read("base/p.yaml") == Self.pod("nginx:1"))
        #expect(try folder.read("prod/kustomization.yaml").contains("newName: b.io/nginx"))
    }

    @Test func aNameThatAnOverlayFindsStaysInTheEntryOfItsBase() throws {
        let base = "resources: [p.yaml]\nimages:\n- name: nginx\n  newTag: '2'\n"
        let folder = try folder([
            "base/p.yaml": Self.pod("nginx:1"), "base/kustomization.yaml": base,
            "prod/kustomization.yaml": "resources: [../base]\nimages:\n- name: nginx\n  newTag: '3'\n",
        ])
        let outcome = try Command.run(["rewrite", "-i", "--kustomize", "."] + Self.rules, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try folder.read("base/p.yaml") == Self.pod("nginx:1"))
        #expect(try folder.read("base/kustomization.yaml") == base)
        #expect(try folder.read("prod/kustomization.yaml").contains("newName: b.io/nginx\n  newTag: '3'"))
    }

    @Test func aBuildWithoutAnEntryBesideOneThatHasItIsAProblem() throws {
        let folder = try folder([
            "base/p.yaml": Self.pod("nginx:1"), "base/kustomization.yaml": "resources: [p.yaml]\n",
            "prod/kustomization.yaml": "resources: [../base]\nimages:\n- name: nginx\n  newTag: '3'\n",
            "test/kustomization.yaml": "resources: [../base]\n",
        ])
        let outcome = try Command.run(["rewrite", "-i", "--kustomize", "."] + Self.rules, in: folder)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("./test/kustomization.yaml, which takes it too, has none"), "\(outcome.errors)")
        #expect(try folder.read("base/p.yaml") == Self.pod("nginx:1"))
    }

    @Test func ofTwoEntriesThatTakeEachOthersImageTheLastGetsTheNewName() throws {
        let kustomization = "kind: Kustomization\nimages: [{name: x, newTag: '1'}, {name: x, newTag: '2'}]\n"
        #expect(
            try Command.run(["rewrite", "--kustomize"] + Self.rules, input: kustomization).output
                == "kind: Kustomization\nimages: [{name: x, newTag: '1'}, {name: x, newName: b.io/x, newTag: '2'}]\n")
    }
}
