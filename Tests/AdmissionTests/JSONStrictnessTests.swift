// Which texts are JSON (RFC 8259), and where the others go wrong: tokens and structure.

import Admission
import Testing

struct JSONStrictnessTests {
    static let accepted: [String] = [
        // numbers
        "0", "-0", "1", "-1", "10", "1234567890", "0.0", "-0.5", "1.25", "1e1", "1E1", "1e+1", "1E-1", "0e0", "0.1e00",
        "1e999", "-1.5E+300", repeated("9", 400), "0." + repeated("0", 400) + "1",
        // literals
        "true", "false", "null", "[true,false,null]",
        // strings
        #""""#, #""a""#, #"["",""]"#, #"{"":""}"#,
        // structure
        "[]", "{}", "[ ]", "{ }", "[[],{}]", "[1]", "[1,2]", #"{"a":1}"#, #"{"a":1,"a":2}"#, #"{"a":{"b":[{"c":[]}]}}"#,
        "[[[]],[[]]]", #"[{},{"a":{}},[{}]]"#, #"[{"a":[1]},[[1],2],{"b":[1],"c":2},[[[{"d":[1]},3]]]]"#,
        // white space
        " 1", "1 ", "\t\r\n 1 \t\r\n", "[ \n1\t,\r2 ]", "{ \"a\"\t:\r1\n, \"b\" : 2 }", "[1]\n", "\n\n[]\n\n",
    ]

    @Test(arguments: accepted)
    func aDocumentIsAccepted(json: String) {
        #expect(problem(ofJSON: Array(json.utf8)) == nil)
        for place in JSONPlace.all {
            let error = problem(ofReview: place.before + json.utf8 + place.after)
            #expect(error?.isOfReview ?? true, "\(place.name)")
        }
    }

    struct Refused: CustomTestStringConvertible {
        let json: String
        let problem: ReviewError.Problem
        let offset: Int

        init(_ json: String, _ problem: ReviewError.Problem, at offset: Int) {
            self.json = json
            self.problem = problem
            self.offset = offset
        }

        var testDescription: String { json.debugDescription }
    }

    static let refusedNumbers: [Refused] = [
        Refused("[-]", .number, at: 2),
        Refused("[--1]", .number, at: 2),
        Refused("[-a]", .number, at: 2),
        Refused("[-.5]", .number, at: 2),
        Refused("[01]", .unexpectedByte, at: 2),
        Refused("[-01]", .unexpectedByte, at: 3),
        Refused("[00]", .unexpectedByte, at: 2),
        Refused("[+1]", .unexpectedByte, at: 1),
        Refused("[.5]", .unexpectedByte, at: 1),
        Refused("[1.]", .number, at: 3),
        Refused("[1.e1]", .number, at: 3),
        Refused("[1.-1]", .number, at: 3),
        Refused("[1..2]", .number, at: 3),
        Refused("[1.2.3]", .unexpectedByte, at: 4),
        Refused("[1e]", .number, at: 3),
        Refused("[1e+]", .number, at: 4),
        Refused("[1e+-1]", .number, at: 4),
        Refused("[1e1.5]", .unexpectedByte, at: 4),
        Refused("[1e1e1]", .unexpectedByte, at: 4),
        Refused("[0x10]", .unexpectedByte, at: 2),
        Refused("[1_000]", .unexpectedByte, at: 2),
        Refused("[1a]", .unexpectedByte, at: 2),
        Refused("[1 2]", .unexpectedByte, at: 3),
        Refused("[- 1]", .number, at: 2),
        Refused("[1f]", .unexpectedByte, at: 2),
        Refused("[1\"\"]", .unexpectedByte, at: 2),
        Refused("[NaN]", .unexpectedByte, at: 1),
        Refused("[nan]", .literal, at: 1),
        Refused("[Infinity]", .unexpectedByte, at: 1),
        Refused("[-Infinity]", .number, at: 2),
        Refused("[\u{661}]", .unexpectedByte, at: 1),
        Refused("[\u{2212}1]", .unexpectedByte, at: 1),
    ]

    static let refusedLiterals: [Refused] = [
        Refused("[True]", .unexpectedByte, at: 1),
        Refused("[TRUE]", .unexpectedByte, at: 1),
        Refused("[tRue]", .literal, at: 1),
        Refused("[tru]", .literal, at: 1),
        Refused("[trues]", .unexpectedByte, at: 5),
        Refused("[tr ue]", .literal, at: 1),
        Refused("[t]", .literal, at: 1),
        Refused("[f]", .literal, at: 1),
        Refused("[fAlse]", .literal, at: 1),
        // the second letter tells "false"; what follows is wrong from there
        Refused("[falsE]", .literal, at: 2),
        Refused("[fals]", .literal, at: 2),
        Refused("[false_]", .unexpectedByte, at: 6),
        Refused("[nul]", .literal, at: 1),
        Refused("[nulL]", .literal, at: 1),
        Refused("[nil]", .literal, at: 1),
        Refused("[None]", .unexpectedByte, at: 1),
        Refused("[nullnull]", .unexpectedByte, at: 5),
        Refused("[null1]", .unexpectedByte, at: 5),
        Refused("[undefined]", .unexpectedByte, at: 1),
        Refused("[truefalse]", .unexpectedByte, at: 5),
    ]

    static let refusedStructure: [Refused] = [
        Refused("[1,]", .unexpectedByte, at: 3),
        Refused("[1,,2]", .unexpectedByte, at: 3),
        Refused("[,1]", .unexpectedByte, at: 1),
        Refused("[,]", .unexpectedByte, at: 1),
        Refused("[1 ,\n]", .unexpectedByte, at: 5),
        Refused("[1;2]", .unexpectedByte, at: 2),
        Refused("[1:2]", .unexpectedByte, at: 2),
        Refused(#"["a":1]"#, .unexpectedByte, at: 4),
        Refused("[}", .unexpectedByte, at: 1),
        Refused("[1}", .unexpectedByte, at: 2),
        Refused("[[1}]", .unexpectedByte, at: 3),
        Refused("{]", .unexpectedByte, at: 1),
        Refused(#"{"a":1]"#, .unexpectedByte, at: 6),
        Refused(#"{"a":[1}]"#, .unexpectedByte, at: 7),
        Refused(#"{"a"}"#, .unexpectedByte, at: 4),
        Refused(#"{"a" 1}"#, .unexpectedByte, at: 5),
        Refused(#"{"a",1}"#, .unexpectedByte, at: 4),
        Refused(#"{"a"=1}"#, .unexpectedByte, at: 4),
        Refused(#"{"a"::1}"#, .unexpectedByte, at: 5),
        Refused(#"{"a":}"#, .unexpectedByte, at: 5),
        Refused(#"{"a":,"b":1}"#, .unexpectedByte, at: 5),
        Refused(#"{"a":1,}"#, .unexpectedByte, at: 7),
        Refused(#"{"a":1,,"b":2}"#, .unexpectedByte, at: 7),
        Refused(#"{,"a":1}"#, .unexpectedByte, at: 1),
        Refused("{,}", .unexpectedByte, at: 1),
        Refused(#"{"a":1 "b":2}"#, .unexpectedByte, at: 7),
        Refused(#"{"a":1;"b":2}"#, .unexpectedByte, at: 6),
        Refused("{a:1}", .unexpectedByte, at: 1),
        Refused("{1:1}", .unexpectedByte, at: 1),
        Refused("{null:1}", .unexpectedByte, at: 1),
        Refused("{[]:1}", .unexpectedByte, at: 1),
        Refused("{'a':1}", .unexpectedByte, at: 1),
        Refused("['a']", .unexpectedByte, at: 1),
        Refused("[`a`]", .unexpectedByte, at: 1),
        Refused("[\u{201c}a\u{201d}]", .unexpectedByte, at: 1),
        Refused(#"["a" "b"]"#, .unexpectedByte, at: 5),
        Refused(#"["a"b]"#, .unexpectedByte, at: 4),
        Refused("[a]", .unexpectedByte, at: 1),
        Refused("(1)", .unexpectedByte, at: 0),
        // comments
        Refused("[1/*2*/]", .unexpectedByte, at: 2),
        Refused("[//\n1]", .unexpectedByte, at: 1),
        Refused("/**/1", .unexpectedByte, at: 0),
        Refused("#\n1", .unexpectedByte, at: 0),
        Refused("[1#\n]", .unexpectedByte, at: 2),
        // other white space than the four bytes
        Refused("[\u{b}1]", .unexpectedByte, at: 1),
        Refused("[1\u{c}]", .unexpectedByte, at: 2),
        Refused("[\0]", .unexpectedByte, at: 1),
        Refused("[\u{1f}1]", .unexpectedByte, at: 1),
        Refused("[\u{7f}1]", .unexpectedByte, at: 1),
        Refused("[\u{a0}1]", .unexpectedByte, at: 1),
        Refused("[1\u{2028}]", .unexpectedByte, at: 2),
        Refused("[\u{feff}1]", .unexpectedByte, at: 1),
        Refused("{\u{85}}", .unexpectedByte, at: 1),
        Refused(#"{"a"\#u{0}:1}"#, .unexpectedByte, at: 4),
    ]

    @Test(arguments: refusedNumbers + refusedLiterals + refusedStructure)
    func aMistakeIsRefusedWhereverItStands(row: Refused) {
        let json = Array(row.json.utf8)
        #expect(problem(ofJSON: json).map { $0.problem == row.problem && $0.offset == row.offset } ?? false)
        for place in JSONPlace.all {
            let error = problem(ofReview: place.before + json + place.after)
            #expect(error?.problem == row.problem, "\(place.name)")
            #expect(error?.offset == place.before.count + row.offset, "\(place.name)")
        }
    }

    @Test(arguments: [
        Refused("", .unexpectedEnd, at: 0),
        Refused(" \n", .unexpectedEnd, at: 2),
        Refused("[", .unexpectedEnd, at: 1),
        Refused("{", .unexpectedEnd, at: 1),
        Refused("[1", .unexpectedEnd, at: 2),
        Refused("[1,", .unexpectedEnd, at: 3),
        Refused("[[]", .unexpectedEnd, at: 3),
        Refused(#"{"a"#, .unexpectedEnd, at: 3),
        Refused(#"{"a""#, .unexpectedEnd, at: 4),
        Refused(#"{"a":"#, .unexpectedEnd, at: 5),
        Refused(#"{"a":1"#, .unexpectedEnd, at: 6),
        Refused(#"{"a":1, "#, .unexpectedEnd, at: 8),
        Refused(#"{"a":{}"#, .unexpectedEnd, at: 7),
        Refused("-", .number, at: 1),
        Refused("1.", .number, at: 2),
        Refused("1e-", .number, at: 3),
        Refused("t", .literal, at: 0),
        Refused("f", .literal, at: 0),
        Refused("fa", .literal, at: 1),
        Refused("nul", .literal, at: 0),
        Refused("]", .unexpectedByte, at: 0),
        Refused("}", .unexpectedByte, at: 0),
        Refused(",", .unexpectedByte, at: 0),
        Refused(":", .unexpectedByte, at: 0),
        Refused("1 2", .trailingBytes, at: 2),
        Refused("01", .trailingBytes, at: 1),
        Refused("truex", .trailingBytes, at: 4),
        Refused("[] []", .trailingBytes, at: 3),
        Refused("{}{}", .trailingBytes, at: 2),
        Refused("{}]", .trailingBytes, at: 2),
        Refused("[],", .trailingBytes, at: 2),
        Refused("{}\n\0", .trailingBytes, at: 3),
        Refused("{}\u{c}", .trailingBytes, at: 2),
        Refused("{} // end", .trailingBytes, at: 3),
        Refused("{}\u{feff}", .trailingBytes, at: 2),
        Refused("\u{feff}{}", .unexpectedByte, at: 0),
        Refused("{\0}\0", .unexpectedByte, at: 1),
        Refused("\0{\0}", .unexpectedByte, at: 0),
    ])
    func theWholeTextMustBeOneDocument(row: Refused) {
        let error = problem(ofJSON: Array(row.json.utf8))
        #expect(error?.problem == row.problem)
        #expect(error?.offset == row.offset)
    }

    @Test(arguments: [
        Refused("", .empty, at: 0),
        Refused(" \n", .unexpectedEnd, at: 2),
        Refused("\u{feff}" + review(), .unexpectedByte, at: 0),
        Refused(review() + "x", .trailingBytes, at: review().utf8.count),
        Refused(review() + "\n" + review(), .trailingBytes, at: review().utf8.count + 1),
        Refused(review() + "\0", .trailingBytes, at: review().utf8.count),
        Refused("[" + review() + "]x", .trailingBytes, at: review().utf8.count + 2),
        Refused("[" + review() + ",]", .unexpectedByte, at: review().utf8.count + 2),
        Refused("nul", .literal, at: 0),
    ])
    func soMustABody(row: Refused) {
        let error = problem(ofReview: Array(row.json.utf8))
        #expect(error?.problem == row.problem)
        #expect(error?.offset == row.offset)
    }

    @Test(arguments: ["pod-create-generatename.json", "pod-create-escapes.json", "cronjob-create.json"])
    func everyTruncationOfARealBodyIsRefused(name: String) throws {
        var body = Array(try Fixtures.body(name))
        while body.last == UInt8(ascii: "\n") { body.removeLast() }
        #expect(problem(ofReview: body) == nil)
        for count in 0..<body.count {
            let error = problem(ofReview: Array(body[..<count]))
            #expect(error.map { !$0.isOfReview || count == 0 } ?? false, "\(count) bytes")
            #expect(error.map { $0.offset <= count } ?? false)
        }
    }
}
