import Admission

/// SplitMix64: the same numbers on every machine, from a seed that a failure names.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(bound)) }

    mutating func pick<Element>(_ items: [Element]) -> Element { items[below(items.count)] }

    /// Whether something happens that does in so many of 100 cases.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

/// An AdmissionReview's text, of parts that are JSON already.
func review(
    kind: String = "Pod", operation: String = "CREATE", object: String? = nil, old: String? = nil, extra: String = ""
) -> String {
    var members = [#""uid":"u""#, #""kind":{"group":"","kind":"\#(kind)"}"#, #""operation":"\#(operation)""#]
    if let object { members.append(#""object":"# + object) }
    if let old { members.append(#""oldObject":"# + old) }
    if !extra.isEmpty { members.append(extra) }
    let request = "{" + members.joined(separator: ",") + "}"
    return #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":\#(request)}"#
}

extension PodSpecPlace {
    /// An object whose pod spec stands here.
    func object(spec: String, metadata: String = "{}", templateMetadata: String = "{}") -> String {
        let template = #"{"metadata":\#(templateMetadata),"spec":\#(spec)}"#
        let rest =
            switch self {
            case .pod: #""spec":\#(spec)"#
            case .podTemplate: #""template":\#(template)"#
            case .workload: #""spec":{"template":\#(template)}"#
            case .cronJob: #""spec":{"jobTemplate":{"spec":{"template":\#(template)}}}"#
            }
        return #"{"metadata":\#(metadata),\#(rest)}"#
    }

    /// A kind whose pod spec stands here.
    var kind: String {
        switch self {
        case .pod: "Pod"
        case .podTemplate: "PodTemplate"
        case .workload: "Deployment"
        case .cronJob: "CronJob"
        }
    }
}
