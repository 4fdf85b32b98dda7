// Objects to and from JSON.

private import FoundationEssentials

extension KubernetesClient {
    /// The JSON of a value.
    func encode(_ value: some Encodable, _ call: KubernetesError.Call) throws(KubernetesError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            throw KubernetesError(call, .unreadable("no JSON can be made of the request"))
        }
    }

    /// The object of an answer. What it has beside what we need is left out.
    func decode<Value: Decodable>(
        _ bytes: [UInt8], as type: Value.Type = Value.self, _ call: KubernetesError.Call
    ) throws(KubernetesError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw KubernetesError(call, .unreadable(error.place))
        } catch {
            throw KubernetesError(call, .unreadable("no JSON"))
        }
    }

    /// A path segment: RFC 3986, section 3.3.
    func segment(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}

extension DecodingError {
    /// What is wrong where. Never a value: it may be a secret one.
    fileprivate var place: String {
        switch self {
        case .keyNotFound(let key, let context): "it lacks \(Self.path(context.codingPath + [key]))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(Self.path(context.codingPath)) is not of the type that it should be"
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "no JSON"
        case .dataCorrupted(let context): "\(Self.path(context.codingPath)) is not as it should be"
        @unknown default: "no JSON that is known here"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "the whole" : keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
