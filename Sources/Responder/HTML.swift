internal import Metrics
internal import Posix

/// HTML in the making. What is interpolated into it is escaped, unless it is HTML itself, so that no text from outside is
/// ever taken for a tag:
///
///     let row: HTML = "<td>\(image)</td>"
struct HTML: ExpressibleByStringInterpolation, Sendable {
    private(set) var bytes: [UInt8]

    init() { bytes = [] }

    init(stringLiteral text: String) { bytes = Array(text.utf8) }

    init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    /// A text of the program's own that is HTML: a style, say.
    init(raw text: String) { bytes = Array(text.utf8) }

    static func += (html: inout HTML, other: HTML) { html.bytes.append(contentsOf: other.bytes) }

    init(_ parts: some Sequence<HTML>) {
        bytes = parts.reduce(into: []) { $0.append(contentsOf: $1.bytes) }
    }

    /// A part that is there under a condition. (Of a conditional expression with two literals Swift would make a String.)
    static func when(_ condition: Bool, _ html: @autoclosure () -> HTML) -> HTML { condition ? html() : HTML() }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ text: String) { bytes.append(contentsOf: text.utf8) }

        mutating func appendInterpolation(_ html: HTML) { bytes.append(contentsOf: html.bytes) }

        mutating func appendInterpolation(_ number: Int) { bytes.append(contentsOf: "\(number)".utf8) }

        mutating func appendInterpolation(_ number: UInt64) { bytes.append(contentsOf: "\(number)".utf8) }

        mutating func appendInterpolation(_ text: String) { bytes.append(escaped: text) }

        /// With a mark where it was cut.
        mutating func appendInterpolation(_ text: RecordText) {
            bytes.append(escaped: text.text)
            if text.isCut { bytes.append(contentsOf: #"<span class="cut" title="cut here">…</span>"#.utf8) }
        }
    }
}

extension [UInt8] {
    /// Appends a text for between tags or within double quotes. Names and images are ASCII; whatever else comes in their
    /// place is shown by its number, as the log does it: marks that turn the direction of writing, what has no width, and
    /// letters that look like others.
    fileprivate mutating func append(escaped text: String) {
        for character in text.unicodeScalars {
            switch character {
            case "&": append(contentsOf: "&amp;".utf8)
            case "<": append(contentsOf: "&lt;".utf8)
            case ">": append(contentsOf: "&gt;".utf8)
            case "\"": append(contentsOf: "&quot;".utf8)
            case "'": append(contentsOf: "&#39;".utf8)
            case " "..."~": append(UInt8(ascii: character))
            default: append(contentsOf: "\\u{\(String(character.value, radix: 16))}".utf8)
            }
        }
    }
}

// MARK: values with their exact form beside the shown one

extension HTML {
    static func time(_ time: WallTime, _ shown: String) -> HTML {
        "<time datetime=\"\(time.rfc3339)\" title=\"\(time.rfc3339)\">\(shown)</time>"
    }

    /// How long ago it was, at most some time after it.
    static func age(of time: WallTime, at now: WallTime) -> HTML {
        .time(time, "\(StatusText.span(max(0, now.nanoseconds - time.nanoseconds) / 1_000_000_000)) ago")
    }

    static func number(_ value: UInt64) -> HTML {
        value < 1000 ? "\(value)" : "<data value=\"\(value)\">\(StatusText.grouped(value))</data>"
    }

    static func plural(_ count: UInt64, _ one: String, _ many: String) -> HTML {
        "\(.number(count)) \(count == 1 ? one : many)"
    }

    static func rate(_ value: Number) -> HTML {
        "<data value=\"\(value.description)\">\(StatusText.rate(value))</data>"
    }

    static func latency(_ latency: Latency?) -> HTML {
        guard let latency else { return "–" }
        let value = Number(latency.nanoseconds, decimals: 9).description
        return "<data value=\"\(value)\">\(HTML(raw: StatusText.latency(latency)))</data>"
    }

    static func size(_ bytes: UInt64) -> HTML {
        "<data value=\"\(bytes)\">\(StatusText.size(bytes))</data>"
    }
}
