import ImageSwap
import MapCheck
import Testing

/// What is found in which map file, and what is not.
struct FindingTests {
    struct Case: CustomTestStringConvertible {
        let maps: String
        let found: [String]

        /// - Parameter found: `KIND LINE:COLUMN-END`, in their order.
        init(_ maps: String, _ found: String...) {
            (self.maps, self.found) = (maps, found)
        }

        var testDescription: String { maps.debugDescription }
    }

    private static func found(_ maps: String) -> [String] {
        MapCheck(Array(maps.utf8)).findings.map { finding in
            "\(finding.kind.rawValue) \(finding.line):\(finding.columns.lowerBound)-\(finding.columns.upperBound)"
        }
    }

    @Test(arguments: [
        Case(""), Case("# nothing\n\n"),
    ])
    func aFileWithoutRulesIsTold(row: Case) {
        #expect(Self.found(row.maps) == ["no-rules 1:1-1"])
    }

    /// All have a default, so that only what the row is about is found.
    @Test(arguments: [
        Case("default::b.io\n"),
        Case("default::\na.io::b.io"),
        Case("default::b.io\nc.io/x::d.io::e.io", "invalid-line 2:13-13"),
        Case("default::b.io\nrubbish", "invalid-line 2:8-8"),
        Case("default: b.io", "deprecated-separator 1:8-9"),
        Case("default::B_", "invalid-value 1:10-10"),
        Case("default::b.io\ndefault::c.io", "duplicate-key 2:1-1"),
        Case("default::b.io\na.io::x.io\n[REPLACE]*y::\na.io::c.io", "duplicate-key 4:1-1"),
        // white space
        Case("default :: b.io"), Case("\tdefault\t::\tb.io\t\r\n"), Case("default::b.io # some words"),
        Case("default::b .io", "white-space 1:11-12"),
        Case("def ault::b.io", "white-space 1:4-5"),
        Case("default::b\u{feff}.io", "white-space 1:11-12"),
        Case("default::b.io\nnoswap_wildcards:: c.io , d.io,e.io"),
        Case("default::b.io\nnoswap_wildcards::c. io", "white-space 2:21-22"),
        Case("default::b.io\n[EXACT] a:1 :: c:1\n[REPLACE] a* :: c.io"),
        // a carriage return by itself
        Case("default::b.io # c\ra.io::c.io", "line-end 1:18-19"),
        Case("default::b.io\n[EXACT]x::b\r.io\n", "line-end 2:12-13"),
        Case("default::b.io\r\n\r\n\ta.io::\r\r\n\r"),
        // keys that no image has
        Case("default::b.io\nnginx::c.io", "never-matches 2:1-6", "original 2:1-6"),
        Case("default::b.io\nbitnami/redis::c.io", "never-matches 2:1-14", "original 2:1-14"),
        Case("default::b.io\na.io/Team::c.io", "never-matches 2:1-10", "original 2:1-10"),
        Case("default::b.io\na_b.io::c.io", "never-matches 2:1-7"),
        Case("default::b.io\na.io/x:1::c.io", "never-matches 2:1-9", "original 2:1-9"),
        Case("default::b.io\nindex.docker.io/x/y::c.io", "never-matches 2:1-20", "original 2:1-20"),
        Case("default::b.io\nindex.docker.io::c.io", "original 2:1-16"),
        Case("default::b.io\n[EXACT]X:y:z::c.io/x", "never-matches 2:1-13"),
        Case("default::b.io\n[REPLACE]Xy::c.io", "never-matches 2:1-12"),
        Case("default::b.io\n[EXACT]nginx:1::c.io/x"),
        Case("default::b.io\nA.io::c.io\nHOST::c.io", "original 3:1-5"),
        Case("default::b.io\ndocker.io/nginx::c.io", "organisation 2:1-16", "original 2:1-16"),
        Case("default::b.io\ndocker.io/library::c.io", "original 2:1-18"),
        // patterns before others
        Case("default::b.io\n[REPLACE]a*::c.io\n[REPLACE]ab*::d.io", "shadowed 3:1-13"),
        Case("default::b.io\n[REPLACE]ab*::c.io\n[REPLACE]a*::d.io"),
        Case("default::b.io\n[REPLACE]a.io/*::c.io\na.io::d.io", "shadowed 3:1-5"),
        Case("default::b.io\n[REPLACE]a.io/*::c.io\na.io/x::d.io", "shadowed 3:1-7", "original 3:1-7"),
        Case("default::b.io\n[REPLACE]a.io/x/*::c.io\na.io/x::d.io", "original 3:1-7"),
        Case("default::b.io\n[REPLACE]docker.io/*::c.io\ndocker.io::d.io"),
        Case("default::b.io\n[REPLACE]*::c.io\na.io::d.io", "takes-everything 2:1-11"),
        Case("default::bc\nnoswap_wildcards::x,.io,staging", "takes-everything 2:19-32", "takes-everything 2:19-32"),
        // rules after rules
        Case("default::\na.io::b.io\nb.io::c.io", "chain 2:7-11"),
        Case("default::\na.io::b.io\nb.io::a.io", "cycle 2:7-11", "cycle 3:7-11"),
        Case("default::\na.io::b.io/m\nb.io::c.io"),
        Case("default::\na.io::b.io\nb.io/m::c.io", "chain 2:7-11", "original 3:1-7"),
        Case("default::b.io\nb.io/m::c.io", "chain 1:10-14", "original 2:1-7"),
        Case("default::\na.io/x::a.io", "original 2:1-7", "chain 2:9-13"),
        Case("default::\na.io::a.io/m"),
        Case("default::\na.io::b.io\n[REPLACE]b.io/*::c.io", "chain 2:7-11"),
        Case("default::\n[EXACT]x::y\n[EXACT]y::z", "chain 2:11-12"),
        Case("default::b.io\n[EXACT]b.io/x::c.io/x", "chain 1:10-14"),
        Case("default::\n[EXACT]x::y\ndocker.io/library/y::b.io/z", "chain 2:11-12", "original 3:1-20"),
        // places that are left alone
        Case("default::b.io/m\nb.io::", "noswap-target 1:10-16"),
        Case("default::b.io\nb.io/m::", "original 2:1-7"),
        Case("default::b.io\nnoswap_wildcards::b.io", "noswap-target 1:10-14"),
        // what the original did
        Case("default::b.io\nlocalhost::c.io\nlocalhost:5000::c.io", "original 2:1-10", "original 3:1-15"),
        Case("default::b.io\n[REPLACE]a*::c.io/x-", "original 2:1-12"),
        Case("a.io::b.io", "no-default 1:1-1"),
    ])
    func eachIsFoundWhereItStands(row: Case) {
        #expect(Self.found(row.maps) == row.found)
    }

    @Test func aChainIsShownByAnImage() throws {
        let check = MapCheck(Array("default::\na.io::b.io\nb.io::c.io\n".utf8))
        let chain = try #require(check.findings.first)
        #expect(chain.message == "a.io/x becomes b.io/x, and c.io/x at the next swap, by line 3")
    }

    /// Ten thousand rules are checked in a moment: nothing compares each with each.
    @Test func aLongFileIsCheckedInAMoment() {
        let lines = (0..<10_000).map { "r\($0).io/team::registry.example.com/r\($0)" }
        let started = ContinuousClock.now
        let check = MapCheck(Array("default::\n\(lines.joined(separator: "\n"))".utf8))
        #expect(ContinuousClock.now - started < .seconds(60))
        #expect(check.findings.count == 10_000)
    }
}
