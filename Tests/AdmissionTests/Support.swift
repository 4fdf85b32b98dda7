import Admission

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
