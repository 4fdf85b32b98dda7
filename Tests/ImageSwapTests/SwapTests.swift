// What an image becomes, and which line said so: what the worked cases do not stress.

import ImageSwap
import Testing

struct SwapTests {
    struct Case: CustomTestStringConvertible {
        let maps: String
        let image: String
        /// Nil where the image stays as it is.
        let expected: String?
        let decision: Decision
        let line: Int?

        init(_ maps: String, _ image: String, _ expected: String?, _ decision: Decision, line: Int? = 1) {
            self.maps = maps
            self.image = image
            self.expected = expected
            self.decision = decision
            self.line = line
        }

        var testDescription: String { "\(image.debugDescription) under \(maps.debugDescription)" }
    }

    /// Where a pattern's literal part ends, against a place at which the image is.
    static let literals: [Case] = [
        // inside the registry
        Case("[REPLACE]a.i*::c.io\ndefault::a.io", "a.io/x", nil, .alreadySwapped, line: 2),
        Case("[REPLACE]a.io*::c.io\ndefault::a.io", "a.io/x", "c.io/x", .replace),
        Case("[REPLACE]a.io*::c.io\ndefault::a.io:5000", "a.io:5000/x", nil, .alreadySwapped, line: 2),
        Case("[REPLACE]a.io:5000*::c.io\ndefault::a.io:5000", "a.io:5000/x", "c.io/x", .replace),
        Case("[REPLACE]a.io:5*::c.io\ndefault::a.io", "a.io:5000/x", "c.io/x", .replace),
        Case(
            "[REPLACE]index.docker.i*::c.io\ndefault::docker.io", "index.docker.io/x/y", nil, .alreadySwapped, line: 2),
        Case("[REPLACE]index.docker.io*::c.io\ndefault::docker.io", "index.docker.io/x/y", "c.io/y", .replace),
        // just before a "library/" that the image leaves out, and in its path
        Case("[REPLACE]docker.io/*::c.io\ndefault::docker.io/library", "docker.io/x", nil, .alreadySwapped, line: 2),
        Case("[REPLACE]docker.io/x*::c.io\ndefault::docker.io/library", "docker.io/x", "c.io/x", .replace),
        Case("[REPLACE]index.docker.io/*::c.io\ndefault::library", "index.docker.io/x", nil, .alreadySwapped, line: 2),
        Case("[REPLACE]index.docker.io/x*::c.io\ndefault::library", "index.docker.io/x", "c.io/x", .replace),
        // of an image that leaves out "docker.io/" as well
        Case("[REPLACE]x*::c.io\ndefault::docker.io/library", "x", "c.io/x", .replace),
        Case("[REPLACE]?*::c.io\ndefault::docker.io/library", "x", nil, .alreadySwapped, line: 2),
        Case("[REPLACE]x*::c.io\ndefault::docker.io/x/y", "x/y/z", nil, .alreadySwapped, line: 2),
        Case("[REPLACE]x/y*::c.io\ndefault::docker.io/x/y", "x/y/z", "c.io/z", .replace),
        // no pattern names its own place
        Case("[REPLACE]a.io/x*::a.io", "a.io/x/y", nil, .alreadySwapped),
        Case("[REPLACE]x/y/*::docker.io/x", "x/y/z", nil, .alreadySwapped),
        // an image already there passes all patterns by, once one has not named the place
        Case("[REPLACE]*::c.io\n[REPLACE]a.io/*::d.io\ndefault::a.io", "a.io/x", nil, .alreadySwapped, line: 3),
        Case("[REPLACE]a.io/*::d.io\n[REPLACE]*::c.io\ndefault::a.io", "a.io/x", "d.io/x", .replace),
    ]

    /// The line that decided, for each decision.
    static let lines: [Case] = [
        Case("\n[EXACT]x::y", "x", "y", .exact, line: 2),
        Case("\n[EXACT]x::", "x", nil, .exact, line: 2),
        Case("\n[EXACT]x::x", "x", nil, .exact, line: 2),
        Case("\n[EXACT]x::y/", "x", nil, .invalidResult, line: 2),
        Case("[REPLACE]y::a.io\n[REPLACE]x::b.io", "x", "b.io/x", .replace, line: 2),
        Case("[REPLACE]x::a.io\n[REPLACE]y::b.io\n[REPLACE]x::c.io", "x", "c.io/x", .replace, line: 3),
        Case("\n[REPLACE]x::", "x", nil, .replace, line: 2),
        Case("\n[REPLACE]*::B", " ", nil, .invalidResult, line: 2),
        Case("a.io::b.io\nc.io::d.io", "c.io/x", "d.io/x", .map, line: 2),
        Case("a.io::b.io\na.io/x::c.io", "a.io/x/y", "c.io/y", .map, line: 2),
        Case("a.io::b.io\na.io/x::", "a.io/x/y", nil, .mapNoswap, line: 2),
        Case("a.io::b.io\na.io::c.io", "a.io/x", "c.io/x", .map, line: 2),
        Case("a.io::b.io\nc.io::b.io", "b.io/x", nil, .alreadySwapped, line: 1),
        Case("a.io::b.io\nc.io::b.io/x", "b.io/x/y", nil, .alreadySwapped, line: 2),
        Case("default::m.io\nnoswap_wildcards::x", "a.io/x", nil, .noswapWildcard, line: 2),
        Case("noswap_wildcards::y,x\ndefault::m.io", "a.io/x", nil, .noswapWildcard, line: 1),
        Case("\n\ndefault::m.io", "x", "m.io/x", .default, line: 3),
        Case("\ndefault::", "x", nil, .defaultNoswap, line: 2),
        Case("", "x", nil, .defaultNoswap, line: nil),
        Case("a.io::b.io", "x", nil, .defaultNoswap, line: nil),
        Case("default::m.io", "X", nil, .invalidImage, line: nil),
        Case("default::m.io", "", nil, .invalidImage, line: nil),
        Case("\ndefault::m.io:tag", "x", nil, .invalidResult, line: 2),
    ]

    /// A result stays inside if it would not lie at its value's place, or if nobody could pull it.
    static let results: [Case] = [
        Case("a.io/x::b.io", "a.io/x", nil, .invalidResult),
        Case("a.io/x::b.io", "a.io/x:1", nil, .invalidResult),
        Case("a.io/x::b.io", "a.io/x/y", "b.io/y", .map),
        Case("a.io/x::b.io:5000", "a.io/x", nil, .invalidResult),
        Case("a.io/x::b.io:5000", "a.io/x@" + ImageReferenceTests.sha256, nil, .invalidResult),
        Case("a.io/x::localhost", "a.io/x", nil, .invalidResult),
        Case("a.io/x::b.io/y:1", "a.io/x", nil, .invalidResult),
        Case("a.io/x::q", "a.io/x", nil, .invalidResult),
        Case("a.io/x::library/q", "a.io/x", "library/q", .map),
        // a Docker Hub name, since the value has no "/"
        Case("[REPLACE]x::b.io-", "x", "b.io-x", .replace),
        Case("[REPLACE]x::m-", "x", "m-x", .replace),
        Case("[REPLACE]X/*::m", "X/*", nil, .invalidResult),
        Case("[REPLACE]*::b.io", "a b", nil, .invalidResult),
        Case("[REPLACE]*::b.io", "A/B/x", "b.io/x", .replace),
        Case("[REPLACE]*::b.io", "x/", nil, .invalidResult),
        Case("[REPLACE]*::b.io", "x\"", nil, .invalidResult),
        Case("default::b.io-", "x", "b.io-docker.io/x", .default),
        Case("default::b.io/m-", "[::1]/x", nil, .invalidResult),
        Case("default::m/-", "x", nil, .invalidResult),
        Case("default::" + repeated("m", 250), "abcd", "\(repeated("m", 250))/abcd", .default),
        Case("default::" + repeated("m", 250), "abcde", nil, .invalidResult),
        Case("default::b.io", "a.io/" + repeated("x", 255), "b.io/" + repeated("x", 255), .default),
        Case("default::b.io/m", "a.io/" + repeated("x", 255), nil, .invalidResult),
        Case("default::B.io/M", "x", nil, .invalidResult),
    ]

    static let dockerHub: [Case] = [
        Case("docker.io::m.io", "index.docker.io/x", "m.io/x", .map),
        Case("docker.io::m.io", "INDEX.Docker.IO/x", "m.io/x", .map),
        Case("docker.io/library/x::m.io/y", "index.docker.io/x:1", "m.io/y:1", .map),
        Case("docker.io/library::m.io/y", "x", "m.io/y/x", .map),
        Case("docker.io/library::m.io/y", "x/z", nil, .defaultNoswap, line: nil),
        // with a port it is a registry of its own
        Case("docker.io::m.io", "index.docker.io:443/x", nil, .defaultNoswap, line: nil),
        Case("index.docker.io:443::m.io", "index.docker.io/x", nil, .defaultNoswap, line: nil),
        // so it is with a key of its own
        Case("docker.io::m.io\nindex.docker.io::n.io", "index.docker.io/x", "n.io/x", .map, line: 2),
        Case("docker.io::m.io\nINDEX.docker.io/::", "index.docker.io/x", nil, .mapNoswap, line: 2),
        Case("docker.io::m.io\nindex.docker.io/x::n.io", "index.docker.io/x", "m.io/x", .map),
        // in values too
        Case("a.io::index.docker.io", "docker.io/x", nil, .alreadySwapped),
        Case("a.io::index.docker.io", "a.io/x", "index.docker.io/x", .map),
        Case("default::index.docker.io/m", "m/x", nil, .alreadySwapped),
        Case("docker.io/library::docker.io/m", "x", "docker.io/m/x", .map),
        // "docker.io/m-" can grow into a name below "library/"
        Case("[REPLACE]*/x::docker.io/m-", "a.io/x", "docker.io/m-x", .replace),
        Case("default::docker.io/m-", "m-x", nil, .alreadySwapped),
        Case("default::index.docker.io/m-", "library/m-x/y", nil, .alreadySwapped),
        Case("default::docker.io/m/n-", "library/m/n-x", "docker.io/m/n-docker.io/library/m/n-x", .default),
        // a port makes another registry of it, which is not the value's place
        Case("a.io::index.docker.io", "a.io:443/x", nil, .invalidResult),
        Case("a.io::docker.io", "a.io:443/x", "docker.io:443/x", .map),
        // the key names the value's place, but not where "library/" is longer
        Case("docker.io::docker.io/m", "x", "docker.io/m/x", .map),
        Case("docker.io::docker.io/m", "m/x", nil, .alreadySwapped),
    ]

    static let ports: [Case] = [
        Case("a.io::b.io", "a.io:443/x", "b.io:443/x", .map),
        Case("a.io::b.io:5000", "a.io:443/x", "b.io:5000/x", .map),
        Case("a.io::b.io/m", "a.io:443/x", "b.io/m/x", .map),
        Case("a.io::b.io-", "a.io:443/x", "b.io-a.io/x", .map),
        Case("a.io:443::b.io", "a.io:443/x", "b.io/x", .map),
        Case("a.io:443::b.io", "a.io/x", nil, .defaultNoswap, line: nil),
        Case("a.io:443::b.io", "a.io:0443/x", nil, .defaultNoswap, line: nil),
        Case("a.io/x::b.io", "a.io:443/x/y", "b.io/y", .map),
        Case("a.io::m", "a.io:443/x", "m/x", .map),
        Case("a.io::[1:2:3::4]", "a.io:443/x", nil, .defaultNoswap, line: nil),
        Case("a.io::[1:2:3:4:5:6:7:8]", "a.io:443/x", "[1:2:3:4:5:6:7:8]:443/x", .map),
        Case("[1:2:3:4:5:6:7:8]::a.io", "[1:2:3:4:5:6:7:8]:443/x", "a.io:443/x", .map),
        Case("default::b.io", "a.io:443/x", "b.io/x", .default),
        Case("default::b.io", "b.io:443/x", nil, .alreadySwapped),
        Case("default::b.io:443", "b.io/x", "b.io:443/x", .default),
        Case("default::b.io/m", "b.io:443/m/x", "b.io/m/m/x", .default),
        // keys with the image's port come first, however long the others are
        Case("a.io/x/y::b.io\na.io:443::c.io", "a.io:443/x/y/z", "c.io/x/y/z", .map, line: 2),
        Case("a.io/x/y::b.io\na.io:443::", "a.io:443/x/y/z", nil, .mapNoswap, line: 2),
        Case("a.io/x/y::b.io\na.io:80::c.io", "a.io:443/x/y/z", "b.io/z", .map),
        // no other key is tried
        Case("a.io/x/y::b.io\na.io:443::c.io\ndefault::a.io:443/x", "a.io:443/x/y", nil, .alreadySwapped, line: 3),
    ]

    @Test(arguments: literals + lines + results + dockerHub + ports)
    func theImageBecomesWhatTheLineSays(row: Case) {
        let (image, swap) = SwapPolicy(maps: row.maps).swap(row.image)
        #expect(image == row.expected ?? row.image)
        #expect(swap.decision == row.decision && swap.line == row.line && swap.isChanged == (row.expected != nil))
    }

    struct LegacyCase: CustomTestStringConvertible {
        let prefix: String
        let image: String
        let expected: String?
        let decision: Decision

        init(_ prefix: String, _ image: String, _ expected: String?, _ decision: Decision) {
            self.prefix = prefix
            self.image = image
            self.expected = expected
            self.decision = decision
        }

        var testDescription: String { "\(image.debugDescription) with \(prefix.debugDescription)" }
    }

    @Test(arguments: [
        LegacyCase("b.io", "a.io/x/y:1", "b.io/y:1", .legacy),
        LegacyCase("b.io/m", "x", "b.io/m/x", .legacy),
        LegacyCase("b.io/m-", "x/y", "b.io/m-x/y", .legacy),
        LegacyCase("m-", "a.io/x", "m-a.io/x", .legacy),
        LegacyCase("b.io", "A B/x", "b.io/x", .legacy),
        LegacyCase("", "x", nil, .legacyEmptyPrefix),
        LegacyCase("", "", nil, .legacyEmptyPrefix),
        LegacyCase("b.io", "b.io/x", nil, .legacyInternal),
        LegacyCase("b.io", "a.io/b.io/x", nil, .legacyInternal),
        LegacyCase("x", "nginx", nil, .legacyInternal),
        LegacyCase("b.io", "", nil, .invalidResult),
        LegacyCase("b.io", "x/", nil, .invalidResult),
        LegacyCase("b.io", "X", nil, .invalidResult),
        LegacyCase("b.io", "a b", nil, .invalidResult),
        LegacyCase("b.io/", "x", nil, .invalidResult),
        LegacyCase("b.io/M", "x", nil, .invalidResult),
        LegacyCase("http://b.io", "x", nil, .invalidResult),
        LegacyCase("b io", "x", nil, .invalidResult),
        LegacyCase("m-", "X", nil, .invalidResult),
        LegacyCase("b.io/m-", "[::1]/x", nil, .invalidResult),
        LegacyCase("b.io/m-", "a.io:443/x", nil, .invalidResult),
    ])
    func aPrefixIsPutBeforeTheImage(row: LegacyCase) {
        let policy = SwapPolicy.legacy(prefix: Array(row.prefix.utf8))
        let (image, swap) = policy.swap(row.image)
        #expect(image == row.expected ?? row.image)
        #expect(swap.decision == row.decision && swap.line == nil && swap.isChanged == (row.expected != nil))
        #expect(!policy.swap(image).swap.isChanged)
    }

    @Test func everyDecisionHasItsOwnName() {
        #expect(Set(Decision.allCases.map(\.name)).count == Decision.allCases.count)
    }
}
