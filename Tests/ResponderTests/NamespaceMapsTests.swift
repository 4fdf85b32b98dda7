import Foundation
import ImageSwap
import Logging
import Responder
import Testing

/// Namespaces' own rules: which files count, how they get to the workers, how many are kept compiled.
struct NamespaceMapsTests {
    static let longest = String(repeating: "n", count: 63)

    @Test(
        arguments: [
            ("team-a.conf", "team-a"), ("0.conf", "0"), ("kube-system.conf", "kube-system"),
            ("\(longest).conf", longest), ("conf.conf", "conf"),
            ("n\(longest).conf", nil), (".conf", nil), ("team-a", nil), ("team-a.conf.bak", nil), ("a.b.conf", nil),
            ("-a.conf", nil), ("a-.conf", nil), ("A.conf", nil), ("a_b.conf", nil), ("é.conf", nil), ("a b.conf", nil),
            ("...conf", nil), ("..data", nil), ("../a.conf", nil), ("a/b.conf", nil), ("a\0.conf", nil), ("", nil),
        ] as [(String, String?)])
    func aFileIsANamespacesIfItIsCalledAsOneCanBe(file: String, namespace: String?) {
        #expect(NamespaceFile.namespace(of: file) == namespace)
    }

    @Test func oneFileHoldsThemAllForTheWorkers() throws {
        var maps = NamespaceMaps()
        #expect(NamespaceMaps(bytes: maps.bytes) == maps)
        maps.texts = [
            "a": [], "b": Array("b 3\nx\n\n".utf8), "team-c": Array("default::\u{0}é".utf8), "d": [0xff, 0x0a],
        ]
        #expect(NamespaceMaps(bytes: maps.bytes) == maps)
        for end in 1..<maps.bytes.count where maps.bytes[..<end] != Array("a 0\n".utf8)[...] {
            let cut = NamespaceMaps(bytes: Array(maps.bytes[..<end]))
            #expect(cut == nil || cut.map { $0.texts.count < 4 } == true, "cut at \(end)")
            #expect(cut != maps)
        }
    }

    @Test(arguments: ["a", "a 1", "a 1\n", "a -1\n", "a 1 1\nx", "../a 1\nx", "A 1\nx", "a x\n", "\n", "a 2\nx"])
    func whatIsNoSuchFileIsRefused(text: String) {
        #expect(NamespaceMaps(bytes: Array(text.utf8)) == nil)
    }

    // MARK: compiled

    /// Laid over one line of 22 bytes.
    private static func rules(
        _ texts: [String: String], longest: Int = NamespaceRules.longest
    ) throws -> NamespaceRules {
        let file = FileManager.default.temporaryDirectory.appending(path: "maps-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("default::m.example.com".utf8).write(to: file)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let base = try MapFileSource(path: file.path, isStrict: true, log: quiet).load(mayBeEmpty: false)
        var maps = NamespaceMaps()
        maps.texts = texts.mapValues { Array($0.utf8) }
        return NamespaceRules(maps, over: base, longest: longest)
    }

    private static func image(_ rules: NamespaceRules, _ namespace: String) -> String? {
        rules.rules(of: Array(namespace.utf8).span)?.policy.swap("nginx").image
    }

    @Test func onlyANamespaceThatHasRulesHasSome() throws {
        let rules = try Self.rules(["a": "default::a.example.com", "b": ""])
        #expect(rules.keptCount == 0)
        #expect(Self.image(rules, "a") == "a.example.com/nginx")
        #expect(Self.image(rules, "b") == "m.example.com/nginx")
        #expect(rules.keptCount == 2)
        for namespace in [
            "", "c", "A", "..", "../a", "a/../a", "a.conf", "./a", "a\0", "a\n", " a", Self.longest + "n",
        ] {
            #expect(Self.image(rules, namespace) == nil)
        }
        #expect(rules.keptCount == 2)
    }

    @Test func theOnesThatWereUsedLongestAgoAreGivenUpForRoom() throws {
        let names = (0..<50).map { "n\($0)" }
        let texts = Dictionary(uniqueKeysWithValues: names.map { ($0, "default::\($0).example.com") })
        // Each takes 22 bytes of the map file and some 24 of its own.
        let rules = try Self.rules(texts, longest: 200)
        for _ in 0..<2 {
            for name in names {
                #expect(Self.image(rules, name) == "\(name).example.com/nginx")
                #expect(Self.image(rules, "n0") == "n0.example.com/nginx")
                #expect((1...4).contains(rules.keptCount))
            }
        }
    }

    @Test func oneThatHasNoRoomServesAllTheSame() throws {
        let rules = try Self.rules(["a": "default::a.example.com", "b": "default::b.example.com"], longest: 0)
        for name in ["a", "b", "a"] {
            #expect(Self.image(rules, name) == "\(name).example.com/nginx")
            #expect(rules.keptCount == 1)
        }
    }

    @Test func manyThreadsMayAskAtOnce() throws {
        let names = (0..<40).map { "n\($0)" }
        let texts = Dictionary(uniqueKeysWithValues: names.map { ($0, "default::\($0).example.com") })
        let rules = try Self.rules(texts, longest: 500)
        DispatchQueue.concurrentPerform(iterations: 400) { number in
            let name = names[number * 7 % names.count]
            #expect(Self.image(rules, name) == "\(name).example.com/nginx")
        }
    }
}
