import Manifests
import Testing

struct UnifiedDiffTests {
    @Test func hunksHaveThreeLinesAround() {
        let lines = (1...20).map { "line \($0)\n" }.joined()
        let bytes = Array(lines.utf8)
        let start = Array(lines.prefix { $0 != "6" }.utf8).count
        let edits = [Edit(start..<start + 1, "six\nand"), Edit(bytes.count - 3..<bytes.count - 1, "twenty")]
        let text = String(decoding: UnifiedDiff(edits, of: bytes).text(path: "/x/y"), as: UTF8.self)
        #expect(
            text == """
                --- a/x/y
                +++ b/x/y
                @@ -3,7 +3,8 @@
                 line 3
                 line 4
                 line 5
                -line 6
                +line six
                +and
                 line 7
                 line 8
                 line 9
                @@ -17,4 +18,4 @@
                 line 17
                 line 18
                 line 19
                -line 20
                +line twenty

                """)
    }

    @Test func aFileWithoutALastLineEndIsTold() {
        let text = UnifiedDiff([Edit(0..<1, "b"), Edit(2..<3, "d")], of: Array("a c".utf8)).text(path: "f")
        #expect(
            String(decoding: text, as: UTF8.self) == """
                --- a/f
                +++ b/f
                @@ -1,1 +1,1 @@
                -a c
                \\ No newline at end of file
                +b d
                \\ No newline at end of file

                """)
    }

    /// What is put in at the end of a line leaves the line as it is, and so does what begins a line anew.
    @Test(arguments: [Edit(3..<3, "\nnew"), Edit(4..<4, "new\n")])
    func aLineThatStaysIsNoChange(edit: Edit) {
        let text = UnifiedDiff([edit], of: Array("one\ntwo\n".utf8)).text(path: "f")
        #expect(
            String(decoding: text, as: UTF8.self) == """
                --- a/f
                +++ b/f
                @@ -1,2 +1,3 @@
                 one
                +new
                 two

                """)
    }

    @Test func nothingIsNothing() {
        #expect(UnifiedDiff([], of: [1]).text(path: "f").isEmpty)
    }
}
