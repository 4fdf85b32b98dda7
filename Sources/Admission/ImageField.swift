private import ImageSwap

/// Where a pod spec stands in an object; which one counts depends on the object's kind.
package enum PodSpecPlace: UInt8, CaseIterable, Sendable {
    case pod, podTemplate, workload, cronJob

    /// The place for a kind: an unknown one is taken for a workload.
    package init(kind: borrowing Span<UInt8>) {
        self =
            if kind.equals("Pod") { .pod } else if kind.equals("PodTemplate") {
                .podTemplate
            } else if kind.equals("CronJob") { .cronJob } else { .workload }
    }

    /// A JSON Pointer (RFC 6901).
    package var pointer: String {
        switch self {
        case .pod: "/spec"
        case .podTemplate: "/template/spec"
        case .workload: "/spec/template/spec"
        case .cronJob: "/spec/jobTemplate/spec/template/spec"
        }
    }
}

/// A list of a pod spec whose elements name images, in the order of a patch.
package enum ImageList: UInt8, CaseIterable, Sendable {
    case containers, initContainers, ephemeralContainers, volumes

    package var name: String {
        switch self {
        case .containers: "containers"
        case .initContainers: "initContainers"
        case .ephemeralContainers: "ephemeralContainers"
        case .volumes: "volumes"
        }
    }

    /// The image's place within an element, as a JSON Pointer.
    package var pointer: String { self == .volumes ? "/image/reference" : "/image" }
}

/// A string that was copied out of a body, its escapes resolved: where it stands in `Review.texts`.
package struct TextRange: Equatable, Sendable {
    let start: Int32
    let end: Int32

    static let empty = TextRange(start: 0, end: 0)

    package var range: Range<Int> { Int(start)..<Int(end) }
}

/// An image of an object, and where it stands.
package struct ImageField: Equatable, Sendable {
    package let place: PodSpecPlace
    package let list: ImageList
    /// Of the element in its list.
    package let index: Int32
    /// The element's name; empty where it has none.
    package let name: TextRange
    package let image: TextRange

    /// Where the image stands in the object: a JSON Pointer (RFC 6901).
    package var pointer: String { "\(place.pointer)/\(list.name)/\(index)\(list.pointer)" }
}
