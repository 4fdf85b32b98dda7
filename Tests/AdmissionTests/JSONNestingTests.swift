// How deep arrays and objects may be nested, and that each is closed by its own bracket.

import Admission
import TestSupport
import Testing

struct JSONNestingTests {
    static let deepest = 512

    enum Form: CaseIterable {
        case arrays, objects, mixed, emptyObjects, wide

        func open(_ level: Int) -> String {
            switch self {
            case .arrays: "["
            case .objects, .emptyObjects: "{\"\":"
            case .mixed: level % 3 == 0 ? "[" : "{ \"a\" : "
            case .wide: "[{},[[]],"
            }
        }

        func close(_ level: Int) -> String {
            switch self {
            case .arrays: "]"
            case .objects, .emptyObjects: "}"
            case .mixed: level % 3 == 0 ? "]" : "}"
            case .wide: ",[{}],{}]"
            }
        }

        var innermost: String {
            switch self {
            case .emptyObjects: "{}"
            case .objects: "{ }"
            default: "[]"
            }
        }

        /// Values nested so many levels deep, and where the innermost begins.
        func nested(_ depth: Int) -> (json: [UInt8], innermost: Int) {
            let opening = (0..<depth - 1).map(open).joined()
            let closing = (0..<depth - 1).reversed().map(close).joined()
            return (Array((opening + innermost + closing).utf8), opening.utf8.count)
        }
    }

    @Test(arguments: Form.allCases)
    func aDocumentMayBe512LevelsDeep(form: Form) {
        // The wide form has two levels more beside the innermost.
        let margin = form == .wide ? 1 : 0
        #expect(problem(ofJSON: form.nested(Self.deepest - margin).json) == nil)
        let tooDeep = form.nested(Self.deepest + 1)
        let error = problem(ofJSON: tooDeep.json)
        #expect(error?.problem == .tooDeep)
        #expect(form == .wide || error?.offset == tooDeep.innermost)
    }

    @Test(arguments: JSONPlace.all, Form.allCases)
    func soMayABodyWhateverTheDeepPartIs(place: JSONPlace, form: Form) {
        let margin = form == .wide ? 1 : 0
        let deep = form.nested(Self.deepest - place.depth - margin)
        #expect(problem(ofReview: place.before + deep.json + place.after)?.isOfReview ?? true)
        let tooDeep = form.nested(Self.deepest - place.depth + 1)
        let error = problem(ofReview: place.before + tooDeep.json + place.after)
        #expect(error?.problem == .tooDeep)
        #expect(form == .wide || error?.offset == place.before.count + tooDeep.innermost)
    }

    @Test(arguments: [
        #"{"containers":"#, #"{"spec":"#, #"{"template":"#, #"{"metadata":"#, #"{"request":"#, "[{\"image\":",
    ])
    func familiarNamesAreNoWayAround(open: String) {
        let close = open.hasPrefix("[") ? "}]" : "}"
        let levels = open.hasPrefix("[") ? 2 : 1
        for place in JSONPlace.all {
            let count = (Self.deepest - place.depth) / levels
            let json = Array((repeated(open, count) + "1" + repeated(close, count)).utf8)
            #expect(problem(ofReview: place.before + json + place.after)?.isOfReview ?? true, "\(place.name)")
            let more = Array((repeated(open, count + 1) + "1" + repeated(close, count + 1)).utf8)
            #expect(problem(ofReview: place.before + more + place.after)?.problem == .tooDeep, "\(place.name)")
        }
    }

    @Test func aMillionBracketsAreRefusedAtOnce() {
        for bracket in ["[", "{\"a\":", "{\"spec\":"] {
            let error = problem(ofJSON: Array(repeated(bracket, 1_000_000).utf8))
            #expect(error?.problem == .tooDeep && error?.offset == Self.deepest * bracket.utf8.count)
        }
    }

    @Test(arguments: [1, 2, 3, 63, 64, 65, 127, 128, 129, 200, 511, 512], [1, 2, 3] as [UInt64])
    func eachBracketClosesItsOwnKind(depth: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let kinds = (0..<depth).map { _ in random.chance(50) }
        let opening = kinds.map { $0 ? "[" : "{\"\":" }.joined() + "1"
        let closing = kinds.reversed().map { $0 ? "]" : "}" }.joined()
        let json = Array((opening + closing).utf8)
        #expect(problem(ofJSON: json) == nil)
        for index in opening.utf8.count..<json.count {
            var wrong = json
            wrong[index] ^= UInt8(ascii: "]") ^ UInt8(ascii: "}")
            let error = problem(ofJSON: wrong)
            #expect(error?.problem == .unexpectedByte && error?.offset == index)
        }
    }
}
