// The command `imageswap-init cleanup`, really run, where there is no API server to ask.

import Testing

@Suite struct InitCleanupTests {
    @Test(arguments: [["--mwc-name", ""], ["--nonsense"], ["extra"]])
    func wrongOptionsEndWith64(options: [String]) throws {
        let result = try InitProgram(["cleanup"] + options)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("Error: "))
        #expect(result.output == "")
    }

    @Test func withoutAPodAndAKubeconfigItEndsWith78AndOneLine() throws {
        let result = try InitProgram(["cleanup", "--namespace", "imageswap-system"])
        #expect(result.status == 78)
        #expect(result.errors == "Error: neither in a pod nor with a kubeconfig: set KUBECONFIG or --kubeconfig\n")
        #expect(result.output == "")
    }
}
