import Testing

struct ProgramTests {
    @Test func helpHasExamplesOfEachCommand() throws {
        for command in [[], ["check"], ["explain"], ["images"], ["policy"], ["review"], ["rewrite"]] {
            let outcome = try Command.run(command + ["--help"])
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("Examples:\n  imageswap "), "\(outcome.output)")
            #expect(command.isEmpty || outcome.output.contains(/74\s+the\s+output/), "\(outcome.output)")
        }
    }

    @Test func itTellsItsVersion() throws {
        let outcome = try Command.run(["--version"])
        #expect(outcome.output.split(separator: ".").count >= 3)
        #expect(outcome.code == 0)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func itHasCompletions(shell: String) throws {
        let outcome = try Command.run(["--generate-completion-script", shell])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("explain"))
    }

    /// Whoever reads it second would find it empty, and say that nothing is to be done.
    @Test(arguments: [
        ["rewrite", "--maps", "-"], ["rewrite", "--maps", "-", "--diff", "-"], ["rewrite", "--diff", "-", "-"],
        ["images", "-m", "-"], ["images", "--prefix", "b.io", "-", "-"], ["explain", "-", "--maps", "-"],
        ["review", "--maps", "-"], ["check", "-", "-"],
    ])
    func standardInputIsReadOnce(arguments: [String]) throws {
        let outcome = try Command.run(arguments, input: "default::b.io\n")
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: standard input (-) "), "\(outcome.errors)")
    }

    @Test func theVariableToo() throws {
        let outcome = try Command.run(
            ["images"], input: "default::b.io\n", environment: ["IMAGESWAP_MAPS_FILE": "-"])
        #expect(outcome.code == 64)
        let explained = try Command.run(["explain", "x", "--maps", "-"], input: "default::b.io\n")
        #expect(explained.code == 0 && explained.output.contains("b.io/x"))
    }

    @Test(arguments: ["policy", "rewrite", "images", "review"])
    func aLabelThatIsNoneIsRefused(command: String) throws {
        let outcome = try Command.run([command, "-m", "/dev/null", "--disable-label", "x\"y"])
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: --disable-label must be a label's key"), "\(outcome.errors)")
    }
}
