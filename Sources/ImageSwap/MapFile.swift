/// A map file as its lines say it: the rules that count, in their order, and what is wrong with the others.
///
/// A line is `key::value`. White space counts nowhere, `#` starts a comment anywhere, and in a line without `::` a
/// single `:` separates too. A later line with the same key wins; it takes the earlier one's place in the order.
/// `[PULL_SECRET]` and `[VERIFY]` lines are no rules: they move no image.
package struct MapFile: Equatable, Sendable {
    package enum Key: Hashable, Sendable {
        /// `default`: where images go that no other rule takes.
        case fallback
        /// `noswap_wildcards`: its value lists substrings of images that stay.
        case wildcards
        /// `[EXACT]image`
        case exact([UInt8])
        /// `[REPLACE]pattern`
        case pattern([UInt8])
        /// `registry[:port]` or `registry[:port]/path`, the registry in lower case, without trailing slashes
        case place([UInt8])
    }

    package struct Rule: Equatable, Sendable {
        package let key: Key
        /// Without trailing slashes, unless the key is `exact`; empty means "leave it alone".
        package let value: [UInt8]
        /// What the value names, in order of preference: `a.example.com/x|b.example.com/y` two targets, an empty value
        /// none. Without trailing slashes, as the value.
        package var targets: [[UInt8]] {
            guard key != .wildcards, !value.isEmpty else { return [] }
            let isExact = if case .exact = key { true } else { false }
            return value.split(separator: Self.alternative, omittingEmptySubsequences: false).map { part in
                var target = Array(part)
                if !isExact { target.dropTrailingSlashes() }
                return target
            }
        }
        /// From 1.
        package let line: Int
        /// Where the key stands as written, white space within it included: bytes from the start of the line, from 1.
        package let keyColumns: Range<Int>
        /// The same of the value.
        package let valueColumns: Range<Int>
        /// It is a namespace's own, and `line` one of that namespace's file.
        package var isOfNamespace = false

        /// What stands between two targets.
        static let alternative = UInt8(ascii: "|")
    }

    package internal(set) var rules: [Rule] = []
    package internal(set) var pullSecrets: [PullSecret] = []
    package internal(set) var verifiedPlaces: [VerifiedPlace] = []
    package private(set) var diagnostics: [Diagnostic] = []
    private var indexes: [Key: Int] = [:]
    private var pullSecretIndexes: [[UInt8]: Int] = [:]
    private var verifiedIndexes: [[UInt8]: Int] = [:]

    package init(_ text: borrowing Span<UInt8>) {
        var line = MapLine(number: 1)
        for index in text.indices {
            if text[index] == UInt8(ascii: "\n") {
                add(line)
                line = MapLine(number: line.number + 1)
            } else {
                line.append(text[index])
            }
        }
        add(line)
        indexes = [:]
        pullSecretIndexes = [:]
        verifiedIndexes = [:]
        // `docker.io` and `index.docker.io` are two keys of one place: there too the later line counts.
        pullSecrets.sort { $0.line < $1.line }
        verifiedPlaces.sort { $0.line < $1.line }
    }

    package init(_ text: String) {
        self.init(Array(text.utf8).span)
    }

    private mutating func add(_ line: MapLine) {
        let line = line.withoutWhitespace()
        guard !line.bytes.isEmpty else { return }
        let separator: Separator
        do {
            separator = try Separator(line)
        } catch {
            report(.error, .invalidLine, line, at: error.offset, error.problem, "the line is skipped")
            return
        }
        let key = line.bytes[separator.key]
        if PullSecret.isKey(key) { return add(line, separator, to: \.pullSecrets, \.pullSecretIndexes) }
        if VerifiedPlace.isKey(key) { return add(line, separator, to: \.verifiedPlaces, \.verifiedIndexes) }
        addRule(line, separator)
    }

    private mutating func addRule(_ line: MapLine, _ separator: Separator) {
        let key: Key
        do {
            key = try Key(line.bytes[separator.key])
            if key != .wildcards { try Self.checkTargets(line.bytes[separator.value]) }
        } catch {
            report(.error, .invalidLine, line, at: error.offset, error.problem, "the line is skipped")
            return
        }
        if separator.isDeprecated { reportDeprecated(line, separator) }
        var value = Array(line.bytes[separator.value])
        if case .exact = key {} else { value.dropTrailingSlashes() }
        let rule = Rule(
            key: key, value: value, line: line.number, keyColumns: line.columns(separator.key),
            valueColumns: line.columns(separator.value))
        reportInvalidTargets(of: rule, line, separator)
        if let earlier = indexes[key] {
            reportDuplicate(line, of: rules[earlier].line)
            rules[earlier] = rule
        } else {
            indexes[key] = rules.count
            rules.append(rule)
        }
    }

    /// Warns of each target that makes no image.
    private mutating func reportInvalidTargets(of rule: Rule, _ line: MapLine, _ separator: Separator) {
        let parts = line.bytes[separator.value].split(separator: Rule.alternative)
        for (target, part) in zip(rule.targets, parts) {
            guard let problem = rule.key.problem(withTarget: target) else { continue }
            report(
                .warning, .invalidValue, line, at: part.startIndex, problem,
                parts.count == 1 ? "images that it would take stay as they are" : "it is passed over")
        }
    }

    private static func checkTargets(_ value: ArraySlice<UInt8>) throws(MapLineError) {
        guard value.contains(Rule.alternative) else { return }
        for part in value.split(separator: Rule.alternative, omittingEmptySubsequences: false) where part.isEmpty {
            throw MapLineError(
                offset: part.startIndex, problem: "a target must stand on each side of '|': REGISTRY|OTHER_REGISTRY")
        }
    }

    /// Adds a line whose key is a mark and a place.
    private mutating func add<Line: MarkedLine>(
        _ line: MapLine, _ separator: Separator, to lines: WritableKeyPath<Self, [Line]>,
        _ indexes: WritableKeyPath<Self, [[UInt8]: Int]>
    ) {
        var marked: Line
        do {
            marked = try Line(key: line.bytes[separator.key], value: line.bytes[separator.value], line: line.number)
        } catch {
            report(.error, .invalidLine, line, at: error.offset, error.problem, "the line is skipped")
            return
        }
        marked.keyColumns = line.columns(separator.key)
        marked.valueColumns = line.columns(separator.value)
        if separator.isDeprecated { reportDeprecated(line, separator) }
        if let problem = Self.problem(withPlace: marked.place) {
            report(.warning, .invalidValue, line, at: Line.mark.utf8.count, problem, Line.whereNoImageLies)
        }
        if let earlier = self[keyPath: indexes][marked.place] {
            reportDuplicate(line, of: self[keyPath: lines][earlier].line)
            self[keyPath: lines][earlier] = marked
        } else {
            self[keyPath: indexes][marked.place] = self[keyPath: lines].count
            self[keyPath: lines].append(marked)
        }
    }

    private mutating func reportDuplicate(_ line: MapLine, of earlier: Int) {
        report(
            .warning, .duplicateKey(line: earlier), line, at: 0,
            "the key stands in line \(earlier) already: keep one of the two", "this line counts")
    }

    private mutating func reportDeprecated(_ line: MapLine, _ separator: Separator) {
        report(
            .warning, .deprecatedSeparator, line, at: separator.key.upperBound,
            "a single ':' separates, which is deprecated: write '::'",
            "it was read as '::'")
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ kind: Diagnostic.Kind, _ line: MapLine, at offset: Int, _ problem: String,
        _ action: String
    ) {
        diagnostics.append(
            Diagnostic(
                severity: severity, kind: kind, line: line.number, column: line.column(offset), problem: problem,
                action: action))
    }
}

extension MapFile.Key {
    /// Reads a key without white space; the error's offset is from the key's start.
    fileprivate init(_ bytes: ArraySlice<UInt8>) throws(MapLineError) {
        func rest(after mark: String) throws(MapLineError) -> [UInt8]? {
            guard bytes.starts(with: mark.utf8) else { return nil }
            guard bytes.count > mark.utf8.count else {
                throw MapLineError(offset: mark.utf8.count, problem: "\(mark) must be followed by an image")
            }
            return Array(bytes.dropFirst(mark.utf8.count))
        }
        if bytes.elementsEqual("default".utf8) {
            self = .fallback
        } else if bytes.elementsEqual("noswap_wildcards".utf8) {
            self = .wildcards
        } else if let image = try rest(after: "[EXACT]") {
            self = .exact(image)
        } else if let pattern = try rest(after: "[REPLACE]") {
            self = .pattern(pattern)
        } else {
            var place = Array(bytes)
            place.dropTrailingSlashes()
            guard !place.isEmpty else { throw MapLineError(offset: 0, problem: "the key is empty") }
            let registryEnd = place.firstIndex(of: UInt8(ascii: "/")) ?? place.count
            for index in 0..<registryEnd { place[index] = place[index].lowercased }
            self = .place(place)
        }
    }

    /// Why no image can come of this target of a rule's value.
    fileprivate func problem(withTarget target: [UInt8]) -> String? {
        var sample = target
        if case .exact = self {
        } else {
            sample.append(target.last == UInt8(ascii: "-") ? "docker.io/x" : "/x")
        }
        do {
            _ = try ImageReference(sample.span)
            return nil
        } catch {
            return "no valid image reference can come of this value: \(error)"
        }
    }
}

/// A line's bytes, each with its column.
private struct MapLine {
    let number: Int
    private(set) var bytes: [UInt8] = []
    private(set) var columns: [Int] = []

    init(number: Int) { self.number = number }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
        columns.append(columns.count + 1)
    }

    /// Where the byte of this number stands, or what follows the last one.
    func column(_ offset: Int) -> Int { offset < columns.count ? columns[offset] : (columns.last ?? 0) + 1 }

    /// From the first to the last of these bytes, with whatever stood between them.
    func columns(_ offsets: Range<Int>) -> Range<Int> {
        guard let last = offsets.last else { return column(offsets.lowerBound)..<column(offsets.lowerBound) }
        return column(offsets.lowerBound)..<columns[last] + 1
    }

    /// The line without its comment, and without white space: space, tab, CR, FF, VT and byte order marks.
    func withoutWhitespace() -> MapLine {
        var line = MapLine(number: number)
        var index = 0
        while index < bytes.count, bytes[index] != UInt8(ascii: "#") {
            if bytes[index...].starts(with: [0xef, 0xbb, 0xbf]) {
                index += 3
                continue
            }
            if ![0x20, 0x09, 0x0d, 0x0c, 0x0b].contains(bytes[index]) {
                line.bytes.append(bytes[index])
                line.columns.append(columns[index])
            }
            index += 1
        }
        return line
    }
}

/// Where a line's key and value stand.
private struct Separator {
    let key: Range<Int>
    let value: Range<Int>
    /// A single `:`.
    let isDeprecated: Bool

    init(_ line: MapLine) throws(MapLineError) {
        let bytes = line.bytes
        let colons = bytes.indices.filter { bytes[$0] == UInt8(ascii: ":") }
        // From the left and without overlap, as Python's split does: `a:::b` is `a` and `:b`.
        var doubles: [Int] = []
        for colon in colons where colon + 1 < bytes.count && bytes[colon + 1] == UInt8(ascii: ":") {
            if let last = doubles.last, last + 1 == colon { continue }
            doubles.append(colon)
        }
        if let first = doubles.first {
            guard doubles.count == 1 else {
                throw MapLineError(offset: doubles[1], problem: "'::' stands twice: a line is one key::value")
            }
            (key, value, isDeprecated) = (0..<first, first + 2..<bytes.count, false)
        } else {
            guard let first = colons.first else {
                throw MapLineError(offset: bytes.count, problem: "no '::' separates a key from a value")
            }
            guard colons.count == 1 else {
                throw MapLineError(
                    offset: colons[1], problem: "':' stands more than once: separate key and value by '::'")
            }
            (key, value, isDeprecated) = (0..<first, first + 1..<bytes.count, true)
        }
    }
}

struct MapLineError: Error {
    /// Bytes into the line without white space.
    let offset: Int
    let problem: String
}

extension [UInt8] {
    mutating func dropTrailingSlashes() {
        while last == UInt8(ascii: "/") { removeLast() }
    }
}
