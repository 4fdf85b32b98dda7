import Admission
import ImageSwap
import Testing

/// Where a value may stand in a body: the scanner passes it whole, or walks it.
struct JSONPlace: CustomTestStringConvertible {
    let name: String
    let before: [UInt8]
    let after: [UInt8]

    init(_ name: String, _ before: String, _ after: String) {
        self.name = name
        self.before = Array(before.utf8)
        self.after = Array(after.utf8)
    }

    var testDescription: String { name }

    /// How many arrays and objects are open where the value stands.
    var depth: Int { before.count { "[{".utf8.contains($0) } - before.count { "]}".utf8.contains($0) } }

    private static func inObject(_ name: String, _ before: String, _ after: String) -> JSONPlace {
        JSONPlace(
            name, #"{"kind":"AdmissionReview","request":{"uid":"u","object":{"# + before,
            after + #"}},"apiVersion":"admission.k8s.io/v1"}"#)
    }

    static let all = [
        JSONPlace("unknown", #"{"x":"#, "}"),
        JSONPlace("apiVersion", #"{"apiVersion":"#, "}"),
        JSONPlace("kind", #"{"kind": "#, "}"),
        JSONPlace("request", #"{"request":"#, "}"),
        JSONPlace("uid", #"{"request":{"uid":"#, "}}"),
        JSONPlace("request's kind", #"{"request":{"kind":"#, "}}"),
        JSONPlace("kind's kind", #"{"request":{"kind":{"kind":"#, "}}}"),
        JSONPlace("dryRun", #"{"request":{"dryRun":"#, "}}"),
        JSONPlace("userInfo", #"{"request":{"userInfo":{"extra":"#, "}}}"),
        JSONPlace("object", #"{"request":{"object":"#, "}}"),
        JSONPlace("oldObject", #"{"request":{"oldObject":"#, "}}"),
        .inObject("status", #""status":{"x":[1,"#, "]}"),
        .inObject("metadata", #""metadata":"#, ""),
        .inObject("labels", #""metadata":{"labels":"#, "}"),
        .inObject("label", #""metadata":{"labels":{"k8s.twr.io/imageswap":"#, "}}"),
        .inObject("annotations", #""metadata":{"annotations":"#, "}"),
        .inObject("mirror annotation", #""metadata":{"annotations":{"kubernetes.io/config.mirror":"#, "}}"),
        .inObject("managedFields", #""metadata":{"managedFields":[{"f:a":{},"x":"#, "}]}"),
        .inObject("spec", #""spec":"#, ""),
        .inObject("template", #""template":"#, ""),
        .inObject("template's labels", #""spec":{"template":{"metadata":{"labels":"#, "}}}"),
        .inObject("jobTemplate", #""spec":{"jobTemplate":"#, "}"),
        .inObject("containers", #""spec":{"containers":"#, "}"),
        .inObject("container", #""spec":{"containers":[{"image":"x"},"#, "]}"),
        .inObject("container's image", #""spec":{"containers":[{"image":"#, "}]}"),
        .inObject("container's env", #""spec":{"containers":[{"env":[{"value":"#, "}]}]}"),
        .inObject("volume's image", #""spec":{"volumes":[{"image":"#, "}]}"),
        .inObject("volume's reference", #""spec":{"volumes":[{"image":{"reference":"#, "}}]}"),
    ]
}

/// What is wrong with a text as JSON; nil where nothing is.
func problem(ofJSON json: [UInt8]) -> ReviewError? {
    do {
        try JSONScanner.validate(json.span)
        return nil
    } catch {
        return error
    }
}

/// What keeps a body from being answered; nil where nothing does.
func problem(ofReview body: [UInt8]) -> ReviewError? {
    var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
    do {
        _ = try reviewer.review(body.span, under: .maps(Rules(MapFile("default::m.example.com"))))
        return nil
    } catch {
        return error
    }
}

extension ReviewError {
    /// Whether the body is JSON, but not the review that it should be.
    var isOfReview: Bool {
        switch problem {
        case .empty, .tooLong, .notAnObject, .notAnAdmissionReview, .version, .noRequest, .noUID: true
        default: false
        }
    }
}
