internal import Posix

/// The answer of `/healthz`, as the original gives it.
struct Health: Sendable {
    let podName: String

    func json(at time: WallTime) -> [UInt8] {
        var json = Array(#"{"health":"ok","pod_name":"#.utf8)
        json.append(jsonString: podName)
        json.append(contentsOf: #","date_time":"#.utf8)
        json.append(jsonString: time.rfc3339)
        json.append(contentsOf: "}\n".utf8)
        return json
    }
}

extension [UInt8] {
    /// Appends a string in JSON's quotes (RFC 8259, section 7).
    mutating func append(jsonString text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                append(contentsOf: "\\u00".utf8)
                append(contentsOf: (byte < 0x10 ? "0" : "").utf8)
                append(contentsOf: String(byte, radix: 16).utf8)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
