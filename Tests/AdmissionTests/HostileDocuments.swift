// Documents that parsers of JSON are known to disagree about, or to fall over: written by hand, and made.

/// What a document tries.
enum Attack: CaseIterable {
    case fragments, names, escapes, encodings, characters, numbers, dialects, framings, sizes
    /// What JSONStrictnessTests and JSONStringTests have, with the places of its mistakes.
    case strictness
    /// Every text of a few characters that mean something.
    case everyShortText
    /// A document cut, with a byte less or twice, or with two bytes in the wrong order, at every place.
    case everyDamage
}

enum HostileDocuments {
    static func documents(of attack: Attack) -> [[UInt8]] {
        switch attack {
        case .fragments: bytes(fragments)
        case .names: bytes(names)
        case .escapes: bytes(escapes)
        case .encodings: encodings
        case .characters: characters
        case .numbers: bytes(numbers.flatMap { [$0, "[\($0)]", #"{"a":\#($0)}"#] })
        case .dialects: bytes(dialects)
        case .framings: bytes(framings)
        case .sizes: bytes(sizes)
        case .strictness: strictness
        case .everyShortText: everyShortText
        case .everyDamage: everyDamage
        }
    }

    private static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    // MARK: written by hand

    /// A document need be no object (RFC 8259; RFC 4627 was stricter).
    private static let fragments = [
        "0", "-1", #""AdmissionReview""#, "true", "false", "null", #""""#, " null ", "\n\"a\"\n", "1 ", "\t1", "nul",
        "null null", "1 1", #""a" "a""#, #""a""a""#, "true,", "true,false", "1,2", #""a":1"#, ":", ",", "\"", "a",
    ]

    private static let names = [
        #"{"a":1,"a":2}"#, #"{"a":{},"a":[]}"#, #"{"a":1,"\u0061":2}"#, #"{"":1,"":2}"#, #"{"":{"":{"":""}}}"#,
        #"{"\u0000":1,"":2}"#, #"{"a\u0000":1,"a":2}"#, #"{"é":1,"\u0065\u0301":2,"\u00e9":3}"#, #"{"a":1,"A":2}"#,
        #"{"__proto__":{"a":1}}"#, #"{"constructor":null}"#, ##"{"$ref":"#/a"}"##, #"{"<<":{}}"#,
        #"{"\ud83d\ude00":1}"#,
        #"{"\ud83d":1}"#, #"{"\ud83d":1,"\ude00":2}"#, #"{"a" : 1 , "b" : 2 , "a" : 3}"#, #"{"a":1,"a"}"#,
        #"{"a":1,"a":}"#, #"{"image":"x","image":"y"}"#, #"{"image":"x","im\u0061ge":"y"}"#, "{\"a\n\":1}", #"{"a":"#,
        #"{"a\":1}"#, #"{"a"b:1}"#, #"{a":1}"#, #"{"a:1}"#, #"{"a"":1}"#, #"{true:1}"#, #"{{}:1}"#, #"{"a"}"#,
        #"{"a",}"#,
        #"{"a":1:2}"#, #"{"a":1 2}"#, #"{"a":[}"#, #"{"a":{]}"#, #"{"a":1]"#, #"["a":1]"#, #"{["a"]:1}"#, #"{"a"->1}"#,
        #"{"a"=>1}"#, #"{"a":1}{"a":2}"#, #"{"a":1},{"a":2}"#,
    ]

    private static let escapes = [
        #"["\ud800"]"#, #"["\udfff"]"#, #"["\ud800\ud800"]"#, #"["\udc00\ud800"]"#, #"["\ud800\udbff"]"#,
        #"["\ud800a"]"#, #"["\ud800\u0061"]"#, #"["\ud800\\udc00"]"#, #"["\ud800\n"]"#, #"["\ud800""#, #"["\ud800\"]"#,
        #"["\ud800\u"]"#, #"["\ud800\udc0"]"#, #"["\ud800\udc00\udc00"]"#, #"["\ud800\udc00"]"#, #"["\uDBFF\uDFFF"]"#,
        #"["\ufffe\uffff\ufdd0"]"#, #"["\ufeff"]"#, #"["\u0000"]"#, #"["\u001f\u007f\u0080"]"#, #"["\u2028\u2029"]"#,
        #"["\u"]"#, #"["\u1"]"#, #"["\u12"]"#, #"["\u123"]"#, #"["\u123"#, #"["\u12345"]"#, #"["\uabcg"]"#,
        #"["\u-123"]"#, #"["\u+123"]"#, #"["\u 123"]"#, #"["\u１２３４"]"#, #"["\u{1F600}"]"#, #"["\U0001F600"]"#,
        #"["\UD83D\UDE00"]"#, #"["\x41"]"#, #"["\101"]"#, #"["\0"]"#, #"["\'"]"#, #"["\`"]"#, #"["\a\v"]"#, #"["\e"]"#,
        #"["\B"]"#, #"["\N"]"#, #"["\/"]"#, #"["/"]"#, #"["\\"]"#, #"["\\\"]"#, #"["\\\\"]"#, #"["\\\\\"]"#, #"["\"]"#,
        "[\"\\\n\"]", "[\"\\\r\n\"]", "[\"\\\0\"]", "[\"\\\t\"]", #"["\é"]"#, #"["\😀"]"#, #"[\"a\"]"#, #"\u005b]"#,
        #"[\u0031]"#, #"[\n1]"#, #"["a\"#, #"\"#, #"["%00"]"#, #"["&quot;"]"#, #"["\r\n\t\b\f"]"#,
    ]

    private static let encodings: [[UInt8]] = {
        let texts = ["{}", "[1]", #"{"a":"é"}"#, "1", #""a""#]
        var documents: [[UInt8]] = []
        for text in texts {
            let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
            let little = text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
            let wideBig = text.unicodeScalars.flatMap { [0, 0, UInt8($0.value >> 8), UInt8($0.value & 0xff)] }
            let wideLittle = text.unicodeScalars.flatMap { [UInt8($0.value & 0xff), UInt8($0.value >> 8), 0, 0] }
            documents += [[0xef, 0xbb, 0xbf] + text.utf8, text.utf8 + [0xef, 0xbb, 0xbf]]
            documents += [[0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf] + text.utf8, [0xef, 0xbb] + text.utf8]
            documents += [big, little, [0xfe, 0xff] + big, [0xff, 0xfe] + little, wideBig, wideLittle]
            documents += [[0, 0, 0xfe, 0xff] + wideBig, [0xff, 0xfe, 0, 0] + wideLittle]
            documents += [[0xfe, 0xff] + text.utf8, [0xff, 0xfe] + text.utf8, [0x2b, 0x2f, 0x76, 0x38] + text.utf8]
            documents += [
                text.utf8 + [0], [0] + text.utf8, text.utf8 + [0, 0, 0, 0], text.utf8.flatMap { [$0, 0, 0] },
            ]
        }
        documents += [[0xef, 0xbb, 0xbf], [0xfe, 0xff], [0xff, 0xfe], [0], [0, 0], [0, 0, 0, 0], [0xff], [0x80]]
        documents += [Array("[\"é\"]".unicodeScalars.map { UInt8($0.value) })]
        return documents
    }()

    /// Bytes in a string that are UTF-8, or nearly: in hex, since arrays of arrays take the compiler long.
    private static let characters: [[UInt8]] = {
        let insides = """
            c3a9 e282ac f09f9880 efbfbf efb790 f48fbfbf efbbbf e280a8 c280 7f c2ad e280ae cc81 ed9fbf ee8080 80 bf c0 c1
            c080 c0a2 c0dc c19c e080a2 f08080a2 e09fbf f08fbfbf eda080 edbfbf eda0bdedb880 f4908080 f5808080 f888808080
            fe ff c3 e282 f09f98 c322 e222 e28222 c35c f09f9822 c3a9a9 e9 82a0 b55c 00 01 08 09 0a 0d 0d0a 1b5b6d 1f
            """
        var documents: [[UInt8]] = []
        for inside in insides.split(whereSeparator: \.isWhitespace).map(bytes(ofHex:)) {
            // In a string, in a name, at a document's end, and where a token should be.
            for (before, after) in [(#"[""#, #""]"#), (#"{"abcdefgh"#, #"":1}"#), (#"["ab"#, ""), ("[", "]")] {
                documents.append(Array(before.utf8) + inside + Array(after.utf8))
            }
        }
        return documents
    }()

    private static func bytes(ofHex text: Substring) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static let numbers = [
        "-0", "-0.0", "-0e-0", "0e0", "0E+00", "1e1", "1E400", "1e-400", "-1e400", "1e99999", "1e-99999",
        "1e9999999999999999999", "1e-9999999999999999999", "0e9999999999999999999", "0.0e400",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616", repeated("9", 308), repeated("9", 309),
        repeated("1", 1000), "0." + repeated("0", 1000) + "1", "1." + repeated("0", 1000),
        "1e" + repeated("0", 100) + "1",
        "1.7976931348623157e308", "1.7976931348623159e308", "5e-324", "2e-324", "4.9406564584124654e-324",
        "00", "-00", "01", "-01", "0123", "0.", ".0", "-.5", "1.", "1.e1", "1e", "1e+", "1e-", "1e1.0", "1ee1", "1e+-1",
        "+1", "++1", "--1", "-", "- 1", "-a", "1-", "1-1", "1+1", "0x1", "0b1", "0o7", "0xA", "1_000", "1,000", "1 000",
        "1f", "1d", "1L", "1n", "0x1p3", "1.0.0", "1..0", "NaN", "-NaN", "nan", "Infinity", "-Infinity", "inf",
        "1e1e1", "١", "１", "½", "∞", "−1", "1\u{a0}", "$1", "1%",
    ]

    /// What is nearly JSON.
    private static let dialects = [
        "{a:1}", "{'a':1}", "['a']", "[`a`]", "[1,]", "{\"a\":1,}", "[,]", "{,}", "[,1]", "[1,,2]", "[1 2]", "[1;2]",
        "// a\n[1]", "[1] // a", "[1 // a\n]", "/* a */[1]", "[/**/1]", "[1/*", "# a\n[1]", "[1] # a", "-- a\n[1]",
        "<!-- a -->[1]", "[True]", "[None]", "[False]", "[nil]", "[undefined]", "[NULL]", "[yes]", "[TRUE]", "[tRUE]",
        "[trUe]", "[truE]", "[nulL]", "[truefalse]", "[true false]", "[null,]", "[new Date(0)]", "[function(){}]",
        "(1)",
        "[(1)]", "a: 1", "- 1\n- 2", "---\na: 1", "a = 1", "<a/>", "a,b\n1,2", "[\"a\" + \"b\"]", "[\"a\" \"b\"]",
        "[\"a\nb\"]", "[\"\"\"a\"\"\"]", "[u\"a\"]", "[b\"a\"]", "[r\"a\"]", "[@\"a\"]", "@{\"a\":1}", "{\"a\":@1}",
        "[0..1]", "[...a]", "{...a}", "{[1]:2}", "{1:2}", "{null:1}", "{\"a\":undefined}", "{\"a\"}", "[\"a\":1]",
        "[1}", "{\"a\":1]", "{]", "[}", "]", "}", "[]]", "{}}", "[[]", "{{}}", "[{]}", "{[}]", "[\"]\"", "{\"}\"",
    ]

    /// One document, with something before or behind it.
    private static let framings = [
        "", " ", "\n", "\t\r\n ", "{}\n", "\n{}", "{}\0", "\0{}", "{}\u{1a}", "{}\u{4}", "\u{1e}{}\n", "{}\n{}\n",
        "{}{}", "[][]", "1 2", "{}1", "1{}", "{},", ",{}", "{};", "{}a", "{}\"", "{}\\", "{}]", "{}//", "{}/**/", "{}#",
        "callback({})", "callback({});", ")]}'\n{}", "for(;;);{}", "while(1);{}", "var a={}", "{}&&{}", "2\r\n{}\r\n",
        "data: {}\n\n", "2:{},", "\u{b}{}", "\u{c}{}", "{}\u{b}", "{}\u{c}", "\u{85}{}", "\u{a0}{}", "{}\u{a0}",
        "\u{2003}{}", "{}\u{2028}", "{}\u{2029}", "\u{200b}{}", "{}\u{feff}", "[\u{feff}]", "{\u{b}}", "[1\u{c},2]",
        "[1\u{a0},2]", "{\"a\"\u{2028}:1}", "{\"a\":\u{3000}1}", "[\u{7f}]", "[\u{8}1]", "\u{1b}[0m{}", "%7B%7D",
    ]

    private static let sizes = [1, 2, 63, 64, 65, 128, 511, 512, 513, 514, 600, 2000, 100_000].flatMap(sized)

    private static func sized(_ size: Int) -> [String] {
        // Each is repeated, with what stands before and behind.
        let parts: [(before: String, part: String, after: String)] = [
            ("", "[", ""), ("", "]", ""), ("", #"{"a":"#, ""), ("", "[]", ""), ("", "[],", ""), ("[", "[],", "1]"),
            ("", " ", "1"), ("1", "\n", ""), ("[", ",", "]"), ("\"", "a", "\""), ("\"", "a", ""),
            ("\"", #"\""#, "\""), ("\"", "\\", "\""), ("{", #""a":1,"#, #""a":2}"#), ("\"", "é", "\""),
            ("\"", #"\ud83d\ude00"#, "\""), ("", "0", ""), ("", "-", "1"),
        ]
        let nested = [
            repeated("[", size) + repeated("]", size), repeated(#"{"a":"#, size) + "1" + repeated("}", size),
            repeated("[{\"\":", size / 2) + "[]" + repeated("}]", size / 2),
        ]
        return nested + parts.map { $0.before + repeated($0.part, size) + $0.after }
    }

    // MARK: made

    private static let strictness: [[UInt8]] = {
        let refused = JSONStrictnessTests.refusedNumbers + JSONStrictnessTests.refusedLiterals
        let texts = JSONStrictnessTests.accepted + (refused + JSONStrictnessTests.refusedStructure).map(\.json)
        let broken = JSONStringTests.refusedEscapes + JSONStringTests.refusedUTF8 + JSONStringTests.refusedControls
        return bytes(texts + JSONStringTests.accepted.map { "\"\($0)\"" })
            + broken.map { [UInt8(ascii: "\"")] + $0.inside + [UInt8(ascii: "\"")] }
    }()

    private static let everyShortText: [[UInt8]] = {
        func texts(_ parts: [String], upTo most: Int) -> [String] {
            var all = [""]
            var last = [""]
            for _ in 0..<most {
                last = last.flatMap { text in parts.map { text + $0 } }
                all += last
            }
            return all
        }
        let structures = texts(["[", "]", "{", "}", ",", ":", "\"a\"", "1"], upTo: 4)
        let numbers = texts(["0", "1", "-", "+", ".", "e"], upTo: 5)
        let strings = texts(["\"", "\\", "u", "d83d", "de00", "n", "\n"], upTo: 4)
        let literals = texts(["t", "true", "null", "false", " ", "\u{c}"], upTo: 3)
        return bytes(structures + numbers + strings.map { "[\"" + $0 + "\"]" } + literals)
    }()

    private static let everyDamage: [[UInt8]] = {
        let seed = Array(#"{"a":[1,-2.5e+10,true,null,"x\n\u00e9\ud83d\ude00é"],"b":{"c":[],"d":false}, "a":""}"#.utf8)
        return seed.indices.flatMap { index in
            var less = seed
            less.remove(at: index)
            var twice = seed
            twice.insert(seed[index], at: index)
            var turned = seed
            turned.swapAt(index, max(0, index - 1))
            var opposite = seed
            opposite[index] ^= 0x80
            return [Array(seed[..<index]), Array(seed[index...]), less, twice, turned, opposite]
        }
    }()
}
