/// What a review comes to, by its tree.
struct PlainReview {
    struct Image: Equatable {
        let pointer: String
        let image: [UInt8]
        let name: [UInt8]
        let list: String
    }

    let isOptedOut: Bool
    /// What would be patched is only told.
    let isTrial: Bool
    /// A pod in the making, which may be given pull secrets.
    let makesPod: Bool
    /// Where its own would stand.
    let pullSecrets: PlainJSON?
    let isApplicable: Bool
    /// Those that are looked at: of an update, those that were not there before.
    let images: [Image]
    let uid: [UInt8]
    let hasImages: Bool

    private static let places = [
        "Pod": ["spec"], "PodTemplate": ["template", "spec"],
        "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
    ]

    /// Nil where the document is no review that can be answered.
    init?(_ json: PlainJSON) {
        guard json.isObject, json["kind"]?.isText("AdmissionReview") == true,
            ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"].contains(where: {
                json["apiVersion"]?.isText($0) == true
            }),
            let request = json["request"], request.isObject, let uid = request["uid"]?.bytes, !uid.isEmpty
        else { return nil }
        self.uid = uid
        let kind = String(decoding: request[["kind", "kind"]]?.bytes ?? [], as: UTF8.self)
        let place = Self.places[kind] ?? ["spec", "template", "spec"]
        let operation = String(decoding: request["operation"]?.bytes ?? [], as: UTF8.self)
        let object = request["object"].flatMap { $0.isObject ? $0 : nil }
        isApplicable = object != nil && operation != "DELETE" && operation != "CONNECT"
        func isLabelled(_ value: String) -> Bool {
            [[], kind == "Pod" ? [] : Array(place.dropLast())].contains { metadata in
                object?[metadata + ["metadata", "labels", "k8s.twr.io/imageswap"]]?.isText(value) ?? false
            }
        }
        let isMirror = object?[["metadata", "annotations"]]?.has("kubernetes.io/config.mirror") ?? false
        isOptedOut = isLabelled("disabled") || kind == "Pod" && isMirror
        isTrial = isLabelled("audit")
        makesPod = kind == "Pod" && operation == "CREATE" && (request["subResource"]?.bytes ?? []).isEmpty
        pullSecrets = object?[["spec", "imagePullSecrets"]]
        let all = object.map { Self.images($0, place) } ?? []
        hasImages = !all.isEmpty
        let old = operation == "UPDATE" ? request["oldObject"].map { Self.images($0, place) } ?? [] : []
        images = all.filter { image in
            !old.contains { $0.list == image.list && $0.name == image.name && $0.image == image.image }
        }
    }

    private static func images(_ object: PlainJSON, _ place: [String]) -> [Image] {
        guard let spec = object[place] else { return [] }
        return ["containers", "initContainers", "ephemeralContainers", "volumes"].flatMap { list in
            (spec[list]?.elements ?? []).enumerated().compactMap { index, element in
                let field = list == "volumes" ? ["image", "reference"] : ["image"]
                guard let image = element[field]?.bytes else { return nil }
                let pointer = (place + [list, "\(index)"] + field).map { "/" + $0 }.joined()
                return Image(pointer: pointer, image: image, name: element["name"]?.bytes ?? [], list: list)
            }
        }
    }
}
