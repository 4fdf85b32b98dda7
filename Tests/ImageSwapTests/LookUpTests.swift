// Rules in any number give the same answers.

import ImageSwap
import Testing

struct LookUpTests {
    static let few = """
        docker.io::m.example/hub
        docker.io/library/nginx::m.example/official/nginx
        a.example::b.example
        a.example/team::m.example/team-
        a.example/team/app::
        a.example:5000::m.example/port
        [EXACT]x:1::m.example/one:1
        [REPLACE]*.test/*::m.example/test
        c.example/x::d.example
        default::m.example/rest

        """

    static let images = [
        "nginx", "nginx:1", "docker.io/nginx/y", "x:1", "x:2", "y/z", "a.example/x", "a.example/team",
        "a.example/team/x",
        "a.example/team/app", "a.example/team/app/y:1", "a.example/teams/x", "a.example:5000/team/app",
        "a.example:443/x",
        "a.test/x/y", "b.example/x", "m.example/hub/x", "m.example/team-a.example/team/x", "c.example/x/y",
        "c.example/x",
        "e.example/x", "X", "", "h1.example/a/b/c/d/e/f/g/h", "index.docker.io/nginx", "[::1]/x",
    ]

    /// Rules that none of the images meets: keys and places beside, above and below those that they do.
    static func others(_ count: Int) -> [String] {
        (0..<count).map { number in
            switch number % 5 {
            case 0: "h\(number).invalid::m\(number).invalid"
            case 1: "a.example/team/app\(number)::m\(number).invalid/x"
            case 2: "docker.io/library/nginx\(number)::m.example/hub\(number)/x"
            case 3: "[EXACT]nginx:0.\(number)::m.example/hub/nginx-\(number):1"
            default: "a.example:\(10000 + number)/x::m.invalid/m\(number)-"
            }
        }
    }

    static func answers(_ policy: SwapPolicy) -> [String] {
        images.map { image in
            let (result, swap) = policy.swap(image)
            return "\(image) \(swap.decision) \(result)"
        }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 100, 9990])
    func rulesAmongOthersGiveTheSameAnswers(count: Int) {
        let few = Self.few.split(separator: "\n").map(String.init)
        let expected = Self.answers(SwapPolicy(maps: Self.few))
        let others = Self.others(count)
        let middle = others.count / 2
        let lines = others[..<middle] + few + others[middle...]
        #expect(Self.answers(SwapPolicy(maps: lines.joined(separator: "\n"))) == expected)
    }

    @Test func eachOfManyKeysIsFound() {
        let count = 5000
        let policy = SwapPolicy(
            maps: (0..<count).map { "h\($0).example/p\($0)::m.example/v\($0)" }.joined(separator: "\n"))
        for number in 0..<count {
            let (image, swap) = policy.swap("h\(number).example/p\(number)/x")
            #expect(image == "m.example/v\(number)/x" && swap.line == number + 1)
            #expect(!policy.swap("h\(number).example/p\(number + 1)/x").swap.isChanged)
            #expect(policy.swap("m.example/v\(number)/x").swap.line == number + 1)
        }
    }

    @Test func theLongestOfManyKeysBelowEachOtherWins() {
        let depth = 100
        let keys = (1...depth).map { "a.example" + repeated("/x", $0) }
        let policy = SwapPolicy(
            maps: keys.enumerated().map { "\($1)::m\($0).example" }.shuffled().joined(separator: "\n"))
        for (number, key) in keys.enumerated() {
            #expect(policy.swap(key + "/y").image == "m\(number).example/y")
            #expect(policy.swap(key + "x/y").image == (number == 0 ? key + "x/y" : "m\(number - 1).example/xx/y"))
        }
    }
}
