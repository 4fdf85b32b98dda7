import Admission
import Foundation
import FuzzSupport
import ImageSwap

/// Any bytes as the body of a review, and once more as a spelling of one. Foundation reads the answers, as somebody
/// else's idea of JSON.
@c(LLVMFuzzerTestOneInput)
public func fuzzReview(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe withInput(start, count) { bytes in
        check(bytes)
        for number in 0..<4 { check(SpeltReview.text(of: bytes, number: UInt64(number)).span) }
    }
}

private func check(_ body: borrowing Span<UInt8>) {
    var reviewer = Reviewer(disableLabel: "k8s.twr.io/imageswap")
    let first = Result(of: body, by: &reviewer)
    // Another review in between leaves nothing behind.
    require(Result(of: other.span, by: &reviewer).answer != nil, "the other review is answered")
    let second = Result(of: body, by: &reviewer)
    require(first == second, "the same bytes get the same answer: \(first), \(second)")
    checkJudgement(first.error, body)
    checkMeaning(first, of: reviewer, body)
    if let answer = first.answer {
        check(answer, of: reviewer, isPatched: first.outcome == .patched, isTold: first.outcome == .wouldPatch)
    }
}

/// What a review came to.
private struct Result: Equatable {
    var outcome: Reviewer.Outcome?
    var answer: [UInt8]?
    var error: ReviewError?

    init(of body: borrowing Span<UInt8>, by reviewer: inout Reviewer) {
        do {
            outcome = try reviewer.review(body, under: policy)
            answer = reviewer.answer
        } catch {
            self.error = error
        }
    }
}

/// A rule of each kind.
private let policy = SwapPolicy.maps(
    Rules(
        MapFile(
            """
            default::m.example.com
            a.io::b.io:5000
            b.io/team::m.example.com/team
            c.io::
            d.io::mirror-
            [EXACT]x::y.example.com/z:1
            [REPLACE]e.io/*::f.io/flat
            noswap_wildcards::stay
            [PULL_SECRET]m.example.com::regcred, extra
            [PULL_SECRET]m.example.com/team::
            [PULL_SECRET]docker.io::hub
            """)))

private let other = Array(
    """
    {"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"other","kind":{"kind":"CronJob"},
    "operation":"UPDATE","namespace":"n","name":"o","dryRun":true,"oldObject":{"spec":{"jobTemplate":{"spec":{"template":
    {"spec":{"containers":[{"name":"a","image":"old"},{"name":"b","image":"same"}]}}}}}},"object":{"metadata":{"labels":
    {"l":"v"}},"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"same"},
    {"name":"a","image":"new"}],"volumes":[{"name":"v","image":{"reference":"vol"}}]}}}}}}}}
    """.utf8)

/// The review's walk and the scanner's skip take the same texts for JSON, and find the same first mistake.
private func checkJudgement(_ error: ReviewError?, _ body: borrowing Span<UInt8>) {
    var problem: ReviewError?
    do {
        try JSONScanner.validate(body)
    } catch {
        problem = error
    }
    switch error?.problem {
    case .notAnObject, .notAnAdmissionReview, .version, .noRequest, .noUID, nil:
        require(problem == nil, "what was read as a review is JSON: \(problem as Any)")
    case .tooManyImages: break
    case .empty, .tooLong: require(body.count == 0, "only nothing is empty")
    default: require(problem == error, "both find the same mistake: \(error as Any), \(problem as Any)")
    }
    if let error { require((0...body.count).contains(error.offset), "a mistake lies in the body: \(error)") }
}

/// The review's tree, made by another reader, says the same.
private func checkMeaning(_ result: Result, of reviewer: Reviewer, _ body: borrowing Span<UInt8>) {
    let json = PlainJSON(body.copied(0..<body.count))
    switch result.error?.problem {
    case .notAnObject, .notAnAdmissionReview, .version, .noRequest, .noUID, nil:
        require(json != nil, "no other reader takes it for JSON")
    default: require(json == nil, "another reader takes it for JSON: \(result.error as Any)")
    }
    guard let review = json.flatMap(PlainReview.init) else {
        require(result.outcome == nil, "no other reader takes it for a review")
        return
    }
    let texts = reviewer.review.texts
    require(result.outcome != nil, "another reader takes it for a review: \(result.error as Any)")
    require(Array(texts[reviewer.review.uid.range]) == review.uid, "with the same uid")
    guard review.isApplicable else { return require(result.outcome == .notApplicable, "nothing can be swapped") }
    guard !review.isOptedOut else { return require(result.outcome == .optedOut, "nothing shall be swapped") }
    let images = reviewer.images.map { image in
        PlainReview.Image(
            pointer: image.field.pointer, image: Array(texts[image.field.image.range]),
            name: Array(texts[image.field.name.range]), list: image.field.list.name)
    }
    require(images == review.images, "with the same images: \(images), \(review.images)")
    checkPullSecrets(of: reviewer, review)
    let isPatched = reviewer.images.contains(where: \.swap.isChanged) || !reviewer.pullSecrets.isEmpty
    let patched: Reviewer.Outcome = review.isTrial ? .wouldPatch : .patched
    let expected: Reviewer.Outcome = isPatched ? patched : review.hasImages ? .unchanged : .notApplicable
    require(result.outcome == expected, "and the same outcome")
}

/// Only a pod in the making is given Secrets, each that it lacks once, and only where its own are a list or nothing.
private func checkPullSecrets(of reviewer: Reviewer, _ review: PlainReview) {
    let given = reviewer.pullSecrets
    let listed = (review.pullSecrets?.elements ?? []).compactMap { $0["name"]?.bytes }
    require(Set(given).count == given.count, "each is given once")
    require(given.allSatisfy { !listed.contains($0) }, "none that is there is given again")
    let canHaveSome =
        switch review.pullSecrets {
        case nil, .array?, .other?: review.makesPod
        default: false
        }
    guard canHaveSome else { return require(given.isEmpty, "nothing else is given any") }
    // A number and `null` are one to this reader.
    if case .other? = review.pullSecrets { return }
    let isAtTheMirror = reviewer.images.contains { $0.swap.decision == .default && $0.swap.isChanged }
    if isAtTheMirror {
        for name in ["regcred", "extra"].map({ Array($0.utf8) }) {
            // `default` puts an image below `team` only if its path says so.
            require(
                given.contains(name) || listed.contains(name)
                    || reviewer.images.allSatisfy {
                        !$0.swap.isChanged || reviewer.results[$0.result].starts(with: "m.example.com/team/".utf8)
                            || !reviewer.results[$0.result].starts(with: "m.example.com/".utf8)
                            || isTeam(reviewer.results[$0.result])
                    }, "what an image at the mirror needs is there")
        }
    }
}

/// Whether an image is the one called `team` itself.
private func isTeam(_ image: ArraySlice<UInt8>) -> Bool {
    let name = "m.example.com/team"
    return image.starts(with: name.utf8)
        && (image.count == name.utf8.count || ":@".utf8.contains(image[image.startIndex + name.utf8.count]))
}

private func check(_ answer: [UInt8], of reviewer: Reviewer, isPatched: Bool, isTold: Bool) {
    guard let json = try? JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any],
        let response = json["response"] as? [String: Any]
    else { fatalError("an answer is JSON: \(String(decoding: answer, as: UTF8.self))") }
    require(json["kind"] as? String == "AdmissionReview", "an answer is a review")
    require(json["apiVersion"] as? String == reviewer.review.version.rawValue, "of the request's version")
    let uid = String(decoding: reviewer.review.texts[reviewer.review.uid.range], as: UTF8.self)
    require((response["uid"] as? String)?.utf8.elementsEqual(uid.utf8) ?? false, "with its uid")
    require(response["allowed"] as? Bool == true, "that allows")
    require((response["warnings"] != nil) == (!isPatched && isTold), "what was not done is told")
    require((response["patch"] != nil) == isPatched, "a patch is there when something changed")
    require((response["patchType"] != nil) == isPatched, "and says what it is")
    guard isPatched else { return }
    guard let patch = (response["patch"] as? String).flatMap({ Data(base64Encoded: $0) }),
        let operations = try? JSONSerialization.jsonObject(with: patch) as? [[String: Any]]
    else { fatalError("a patch is JSON: \(String(decoding: answer, as: UTF8.self))") }
    let changed = reviewer.images.filter(\.swap.isChanged)
    require(operations.count >= changed.count && !operations.isEmpty, "an operation a changed image")
    checkPullSecrets(operations.dropFirst(changed.count), reviewer.pullSecrets)
    for (operation, image) in zip(operations, changed) {
        require(operation.count == 3 && operation["op"] as? String == "replace", "that replaces")
        require(operation["path"] as? String == image.field.pointer, "at the image's place")
        let value = Array((operation["value"] as? String ?? "").utf8)
        require(value == Array(reviewer.results[image.result]), "the new image")
        require((try? ImageReference(value.span)) != nil, "which is a reference")
    }
}

/// One operation that makes the list, or one a Secret at its end.
private func checkPullSecrets(_ operations: ArraySlice<[String: Any]>, _ names: [[UInt8]]) {
    var added: [[String: String]] = []
    for operation in operations {
        require(operation.count == 3 && operation["op"] as? String == "add", "that adds")
        if operation["path"] as? String == "/spec/imagePullSecrets" {
            require(operations.count == 1, "the whole list at once")
            added += operation["value"] as? [[String: String]] ?? []
        } else {
            require(operation["path"] as? String == "/spec/imagePullSecrets/-", "at the list's end")
            added += [operation["value"] as? [String: String] ?? [:]]
        }
    }
    require(added == names.map { ["name": String(decoding: $0, as: UTF8.self)] }, "the Secrets: \(added), \(names)")
}
