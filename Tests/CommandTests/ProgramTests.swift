import Testing

struct ProgramTests {
    @Test func helpHasExamplesOfEachCommand() throws {
        for command in [[], ["check"], ["explain"], ["images"], ["policy"], ["review"], ["rewrite"]] {
            let outcome = try Command.run(command + ["--help"])
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("Examples:\n  imageswap "), "\(outcome.output)")
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
}
