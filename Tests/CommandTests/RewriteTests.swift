import Foundation
import TestSupport
import Testing

struct RewriteTests {
    static let pod = "kind: Pod\nspec:\n  containers:\n  - image: x # why\n    name: a\n"
    static let swapped = "kind: Pod\nspec:\n  containers:\n  - image: b.io/x # why\n    name: a\n"
    static let rules = ["--prefix", "b.io"]

    @Test func standardInputGoesToStandardOutput() throws {
        let outcome = try Command.run(["rewrite"] + Self.rules, input: Self.pod)
        #expect(outcome.output == Self.swapped)
        #expect(outcome.code == 0 && outcome.errors == "")
    }

    @Test func aTemplateOnStandardInputGoesThroughAsItIs() throws {
        let template = "{{ if x }}\n" + Self.pod
        let outcome = try Command.run(["rewrite"] + Self.rules, input: template)
        #expect(outcome.output == template)
        #expect(outcome.errors.hasPrefix("standard input:") && outcome.errors.contains(": a template"))
        #expect(outcome.code == 0)
    }

    @Test func filesAreWrittenInPlaceWithTheirMode() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.pod, to: "m/one.yaml")
        try folder.write(Self.swapped, to: "m/sub/two.yml")
        try folder.write("{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"x\"}]}}", to: "m/sub/three.json")
        for name in ["m/notes.txt", "m/.git/four.yaml"] { try folder.write(Self.pod, to: name) }
        let manager = FileManager.default
        for name in ["m/one.yaml", "m/sub/two.yml"] {
            try manager.setAttributes([.posixPermissions: 0o604], ofItemAtPath: (folder / name).path)
        }
        try manager.createSymbolicLink(atPath: (folder / "m/link.yaml").path, withDestinationPath: "sub/real.YAML")
        try folder.write(Self.pod, to: "m/sub/real.YAML")
        let untouched = try manager.attributesOfItem(atPath: (folder / "m/sub/two.yml").path)[.systemFileNumber] as? Int
        let outcome = try Command.run(["rewrite", "-i", "m"] + Self.rules, in: folder)
        #expect(outcome.code == 0 && outcome.output == "")
        #expect(outcome.errors == "5 files: 3 images swapped, in 3 files\n")
        #expect(try folder.read("m/one.yaml") == Self.swapped)
        #expect(try folder.read("m/sub/real.YAML") == Self.swapped)
        #expect(try folder.read("m/sub/three.json").contains("\"b.io/x\""))
        for name in ["m/notes.txt", "m/.git/four.yaml"] { #expect(try folder.read(name) == Self.pod) }
        let attributes = try manager.attributesOfItem(atPath: (folder / "m/one.yaml").path)
        #expect(attributes[.posixPermissions] as? Int == 0o604)
        // What does not change is not written.
        let same = try manager.attributesOfItem(atPath: (folder / "m/sub/two.yml").path)[.systemFileNumber] as? Int
        #expect(same == untouched)
        #expect(try manager.contentsOfDirectory(atPath: (folder / "m").path).count == 5)
        #expect(try manager.destinationOfSymbolicLink(atPath: (folder / "m/link.yaml").path).hasSuffix("real.YAML"))
    }

    @Test func whatALinkLeadsOutToIsNotWritten() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.pod, to: "outside.yaml")
        try folder.write(Self.pod, to: "m/in.yaml")
        try FileManager.default.createSymbolicLink(
            atPath: (folder / "m/link.yaml").path, withDestinationPath: "../outside.yaml")
        let outcome = try Command.run(["rewrite", "-i", "m"] + Self.rules, in: folder)
        #expect(outcome.code == 1)
        #expect(
            outcome.errors
                == "m/link.yaml: a link that leads out of its directory: it is not written, unless it is named itself\n"
                + "2 files: 1 image swapped, in 1 file; 1 problem\n")
        #expect(try folder.read("outside.yaml") == Self.pod)
        let named = try Command.run(["rewrite", "-i", "m/link.yaml"] + Self.rules, in: folder)
        #expect(named.code == 0)
        #expect(try folder.read("outside.yaml") == Self.swapped)
        // Now there is nothing to write.
        #expect(try Command.run(["rewrite", "-i", "m"] + Self.rules, in: folder).code == 0)
    }

    @Test func kustomizationsWithoutAnEndingAreTaken() throws {
        let folder = try TemporaryFolder()
        try folder.write("images: [{name: x, newTag: '1'}]\n", to: "m/Kustomization")
        let outcome = try Command.run(["rewrite", "-i", "--kustomize", "m"] + Self.rules, in: folder)
        #expect(outcome.code == 0)
        #expect(try folder.read("m/Kustomization") == "images: [{name: x, newName: b.io/x, newTag: '1'}]\n")
    }

    /// Of a template nothing can be said: that is no check passed.
    @Test func aCheckOfTemplatesAloneFails() throws {
        let folder = try TemporaryFolder()
        try folder.write("{{ if x }}\n" + Self.pod, to: "t.yaml")
        try folder.write(Self.swapped, to: "new.yaml")
        let outcome = try Command.run(["rewrite", "--check", "t.yaml"] + Self.rules, in: folder)
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.hasSuffix("\n1 file: 0 images to swap, in 0 files; 1 template left alone\n"),
            "\(outcome.errors)")
        #expect(try Command.run(["rewrite", "--check", "t.yaml", "new.yaml"] + Self.rules, in: folder).code == 0)
    }

    @Test func aFileThatIsNoManifestIsToldAndTheOthersAreDone() throws {
        let folder = try TemporaryFolder()
        try folder.write("a: [\n", to: "m/1.yaml")
        try folder.write(Self.pod, to: "m/2.yaml")
        let outcome = try Command.run(["rewrite", "-i", "m", "nowhere"] + Self.rules, in: folder)
        #expect(outcome.code == 1)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "nowhere: cannot be read: No such file or directory (ENOENT)")
        #expect(lines[1].hasPrefix("m/1.yaml:2:1: "))
        #expect(lines[2] == "2 files: 1 image swapped, in 1 file; 2 problems")
        #expect(try folder.read("m/2.yaml") == Self.swapped)
        #expect(try folder.read("m/1.yaml") == "a: [\n")
    }

    @Test func theSummaryCountsWhatWasDone() throws {
        let folder = try TemporaryFolder()
        let stuck = "kind: Pod\nspec:\n  containers:\n  - {image: &i x, name: *i}\n  - {image: z}\n"
        try folder.write(stuck, to: "one.yaml")
        let outcome = try Command.run(["rewrite", "-i", "one.yaml"] + Self.rules, in: folder)
        #expect(outcome.errors.hasSuffix("\n1 file: 1 image swapped, in 1 file; 1 problem\n"), "\(outcome.errors)")
        #expect(outcome.code == 1)
        // A name that leaves no room for the temporary one beside it: no one can write this, root neither.
        let long = String(repeating: "n", count: 245) + ".yaml"
        try folder.write(Self.pod, to: long)
        let failed = try Command.run(["rewrite", "-i", long] + Self.rules, in: folder)
        #expect(failed.errors.contains(": cannot be written: "), "\(failed.errors)")
        #expect(failed.errors.hasSuffix("\n1 file: 0 images swapped, in 0 files; 1 problem\n"), "\(failed.errors)")
        #expect(failed.code == 1)
    }

    @Test func checkTellsByItsExitCode() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.pod, to: "old.yaml")
        try folder.write(Self.swapped, to: "new.yaml")
        let changed = try Command.run(["rewrite", "--check", "old.yaml", "new.yaml"] + Self.rules, in: folder)
        #expect(changed.code == 1 && changed.errors == "2 files: 1 image to swap, in 1 file\n")
        let same = try Command.run(["rewrite", "--check", "new.yaml"] + Self.rules, in: folder)
        #expect(same.code == 0)
        #expect(try folder.read("old.yaml") == Self.pod)
    }

    /// What the diff says, git does.
    @Test func theDiffIsAPatchThatGitTakes() throws {
        let folder = try TemporaryFolder()
        let many = (1...30).map { "---\n# \($0)\n\n\n\n\n\n\n" + Self.pod.replacing("image: x", with: "image: x\($0)") }
        try folder.write("resources: []\nimages:\n- name: x\n  newTag: '1'\n- name: w", to: "m/kustomization.yaml")
        for (name, text) in [
            ("m/many.yaml", many.joined().replacing("image: x", with: "image: v")),
            ("m/crlf.yaml", Self.pod.replacing("\n", with: "\r\n").replacing("x #", with: "z #")),
            ("m/end.yaml", "kind: Pod\nspec:\n  containers:\n  - image: v"), ("m/new.yaml", Self.swapped),
        ] { try folder.write(text, to: name) }
        let diff = try Command.run(["rewrite", "--kustomize", "--diff", "m"] + Self.rules, in: folder)
        #expect(diff.code == 0)
        try folder.write(diff.output, to: "patch")
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = ["git", "apply", "--whitespace=nowarn", "patch"]
        git.currentDirectoryURL = folder.url
        try git.run()
        git.waitUntilExit()
        #expect(git.terminationStatus == 0)
        let again = try Command.run(["rewrite", "--kustomize", "--check", "m"] + Self.rules, in: folder)
        #expect(again.code == 0, "\(again.errors)")
        #expect(
            try folder.read("m/crlf.yaml") == Self.swapped.replacing("\n", with: "\r\n").replacing("x #", with: "z #"))
        #expect(
            try folder.read("m/kustomization.yaml").hasSuffix(
                "- name: x\n  newName: b.io/x\n  newTag: '1'\n- name: w\n  newName: b.io/w"))
    }

    @Test func kustomizationsAndValuesOnRequest() throws {
        let values = "image:\n  repository: x\n"
        #expect(try Command.run(["rewrite"] + Self.rules, input: values).output == values)
        #expect(
            try Command.run(["rewrite", "--helm-values"] + Self.rules, input: values).output
                == "image:\n  repository: b.io/x\n")
        let kustomization = "kind: Kustomization\nimages: [{name: x}]\n"
        #expect(
            try Command.run(["rewrite", "--kustomize"] + Self.rules, input: kustomization).output
                == "kind: Kustomization\nimages: [{name: x, newName: b.io/x}]\n")
    }

    @Test(arguments: [
        (["-i"], "--in-place writes files, and - is none."),
        (["-i", "--check", "x"], "--in-place and --check exclude each other."),
        (["."], "for more than one file, or a directory: --in-place, --diff or --check."),
        (["x", "y"], "for more than one file, or a directory: --in-place, --diff or --check."),
    ])
    func wrongOptionsEndWith64(options: [String], message: String) throws {
        let outcome = try Command.run(["rewrite"] + options + Self.rules)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: \(message)"), "\(outcome.errors)")
    }
}
