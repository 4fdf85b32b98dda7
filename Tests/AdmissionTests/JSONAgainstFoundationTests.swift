// What Foundation takes for JSON, and we: the same, but for named classes of documents.

import Admission
import Foundation
import TestSupport
import Testing

struct JSONAgainstFoundationTests {
    static func foundationAccepts(_ json: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)) != nil
    }

    /// Documents with something of everything.
    static let seeds = [
        #"{"a":[1,-2.5e+10,true,false,null,"x\n\u00e9\ud83d\ude00é日本",{}],"b":{"c":[]," ":0}}"#,
        #" [ "\\\"\/\b\f\n\r\t" , -0 , 0.5 , 1E-2 , [ [ ] , { } ] , { "a" : { "a" : "" } } ] "#,
        review(object: PodSpecPlace.pod.object(spec: #"{"containers":[{"name":"a","image":"nginx:1"}]}"#)),
        #"{"kind":"AdmissionReview","x":[0,1e5,"\u2028",[[[[]]]],{"y":{"z":null}}],"apiVersion":"admission.k8s.io/v1"}"#,
    ]

    static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "0", "-", "1", ".", "e", "+", "true",
        "null",
        "false", " ", "\n", "\u{c}", "\0", "é", "/", "'", "NaN", "//", "\"a\"", "[]", "{}",
    ].map { Array($0.utf8) }

    static func mutated(_ seed: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var json = seed
        for _ in 0...random.below(3) {
            guard !json.isEmpty else { break }
            let start = random.below(json.count)
            let end = min(json.count, start + random.below(8))
            switch random.below(6) {
            case 0: json[start] ^= 1 << UInt8(random.below(8))
            case 1: json[start] = UInt8(truncatingIfNeeded: random.next())
            case 2: json.removeSubrange(start..<end)
            case 3: json.insert(contentsOf: json[start..<end], at: start)
            case 4: json.insert(contentsOf: random.pick(tokens), at: start)
            default: json.replaceSubrange(start..<min(json.count, start + 1), with: random.pick(tokens))
            }
        }
        return json
    }

    /// Why the two may differ about a document; each has its row below.
    enum Difference {
        /// Foundation takes a comma before a closing bracket.
        case trailingComma
        /// Foundation makes a Double of a number at once; RFC 8259 sets no limit, and we make nothing of it.
        case numberTooLarge
        /// Foundation guesses UTF-16 and UTF-32, and passes a byte order mark over; RFC 8259 wants UTF-8 without one.
        case encoding
    }

    static func difference(_ json: [UInt8], _ error: ReviewError?) -> Difference? {
        guard let error else {
            let text = String(decoding: json, as: UTF8.self)
            let numbers = text.split { !"0123456789+-.eE".contains($0) }.map(String.init)
            return numbers.contains { Double($0)?.isInfinite ?? false } ? .numberTooLarge : nil
        }
        guard error.offset < json.count else { return nil }
        if error.offset == 0, json.starts(with: [0xef, 0xbb, 0xbf]) { return .encoding }
        if json.prefix(4).contains(0) { return .encoding }
        guard "]}".utf8.contains(json[error.offset]) else { return nil }
        return json[..<error.offset].last { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: ",") ? .trailingComma : nil
    }

    @Test func mutatedDocumentsAreJudgedAlike() {
        var random = SplitMix64(seed: 1)
        var accepted = 0
        for number in 0..<20_000 {
            let json = Self.mutated(Array(Self.seeds[number % Self.seeds.count].utf8), &random)
            let error = problem(ofJSON: json)
            if error == nil { accepted += 1 }
            guard (error == nil) != Self.foundationAccepts(json) else { continue }
            let text = String(decoding: json, as: UTF8.self)
            #expect(Self.difference(json, error) != nil, "\(text) gave \(error?.description ?? "no error")")
        }
        #expect(accepted > 2000 && accepted < 10_000)
    }

    /// Which classes of differences an attack meets: no others, and not none where there should be.
    static let met: [Attack: Set<Difference>] = [
        .dialects: [.trailingComma], .encodings: [.encoding], .numbers: [.numberTooLarge],
        .everyShortText: [.trailingComma], .strictness: [.trailingComma, .numberTooLarge],
    ]

    @Test(arguments: Attack.allCases)
    func hostileDocumentsAreJudgedAlike(attack: Attack) {
        var differences: Set<Difference> = []
        for json in HostileDocuments.documents(of: attack) {
            let error = problem(ofJSON: json)
            guard (error == nil) != Self.foundationAccepts(json) else { continue }
            let difference = Self.difference(json, error)
            let text = String(decoding: json.prefix(200), as: UTF8.self)
            #expect(difference != nil, "\(text) gave \(error?.description ?? "no error")")
            if let difference { differences.insert(difference) }
        }
        #expect(differences == Self.met[attack, default: []])
    }

    @Test func thereAreManyOfThem() {
        let written = Attack.allCases.filter { ![.strictness, .everyShortText, .everyDamage].contains($0) }
        #expect(Set(written.flatMap(HostileDocuments.documents)).count >= 1000)
        let all = Set(Attack.allCases.flatMap(HostileDocuments.documents))
        #expect(all.count >= 15_000)
        let accepted = all.count { problem(ofJSON: $0) == nil }
        #expect(accepted >= 1000 && accepted < all.count / 2)
    }

    struct Case: CustomTestStringConvertible {
        let json: [UInt8]
        let difference: Difference
        /// Nil: we take it, Foundation does not.
        let offset: Int?

        init(_ json: [UInt8], _ difference: Difference, refusedAt offset: Int?) {
            self.json = json
            self.difference = difference
            self.offset = offset
        }

        var testDescription: String { String(decoding: json, as: UTF8.self).debugDescription }
    }

    @Test(arguments: [
        Case(Array("[1,]".utf8), .trailingComma, refusedAt: 3),
        Case(Array("[1 , ]".utf8), .trailingComma, refusedAt: 5),
        Case(Array(#"{"a":1,}"#.utf8), .trailingComma, refusedAt: 7),
        Case(Array("[1e999]".utf8), .numberTooLarge, refusedAt: nil),
        Case(Array(#"{"a":-1E+400}"#.utf8), .numberTooLarge, refusedAt: nil),
        Case([0xef, 0xbb, 0xbf] + "{}".utf8, .encoding, refusedAt: 0),
        Case(Array("{}".utf16.flatMap { [UInt8($0), 0] }), .encoding, refusedAt: 1),
        Case(Array("{}".utf16.flatMap { [0, UInt8($0)] }), .encoding, refusedAt: 0),
        Case([0xff, 0xfe] + Array("{}".utf16.flatMap { [UInt8($0), 0] }), .encoding, refusedAt: 0),
        Case(Array("{}".utf16.flatMap { [UInt8($0), 0, 0, 0] }), .encoding, refusedAt: 1),
    ])
    func theyDifferWhereRFC8259IsOnOurSide(row: Case) {
        let error = problem(ofJSON: row.json)
        #expect(error?.offset == row.offset)
        #expect(Self.foundationAccepts(row.json) == (row.offset != nil))
        #expect(Self.difference(row.json, error) == row.difference)
    }

    /// Where parsers often differ, but these two do not.
    @Test(arguments: [
        (#"{"a":1,"a":2}"#, true), (#"{"a":1,"\u0061":2}"#, true),  // names that repeat
        (#"["\ud800"]"#, false), (#"["\ude00\ud83d"]"#, false),  // half of a surrogate pair
        (#"["\u0000\uffff"]"#, true), ("[\"\u{7f}\u{feff}\"]", true), ("[\"\u{1f}\"]", false),
        ("1", true), ("null", true), ("", false), (" ", false),  // no array or object
        ("[1e-400]", true), ("[-0]", true), ("[01]", false),
        (repeated("[", 512) + repeated("]", 512), true), (repeated("[", 513) + repeated("]", 513), false),
    ])
    func elsewhereTheyAgree(json: String, isAccepted: Bool) {
        #expect((problem(ofJSON: Array(json.utf8)) == nil) == isAccepted)
        #expect(Self.foundationAccepts(Array(json.utf8)) == isAccepted)
    }

    /// Unless it is told to, Foundation holds to RFC 4627; RFC 8259 lets a document be any value.
    @Test(arguments: ["1", "null", #""a""#])
    func aDocumentNeedBeNoArrayOrObject(json: String) {
        #expect((try? JSONSerialization.jsonObject(with: Data(json.utf8))) == nil)
        #expect(problem(ofJSON: Array(json.utf8)) == nil)
        #expect(problem(ofReview: Array(json.utf8))?.problem == .notAnObject)
    }
}
