/// Why a body got no answer, and at which byte.
package struct ReviewError: Error, Equatable, Sendable {
    package enum Problem: Sendable {
        // RFC 8259
        case unexpectedEnd, unexpectedByte, trailingBytes
        case controlCharacter, escape, loneSurrogate, utf8, number, literal, tooDeep
        // What an AdmissionReview must have
        case empty, tooLong, notAnObject, notAnAdmissionReview, version, noRequest, noUID
        // What an object may have
        case tooManyImages
    }

    package let problem: Problem
    /// Bytes from the start of the body.
    package let offset: Int

    init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }
}

extension ReviewError: CustomStringConvertible {
    /// One line, for the answer and for the log; holds nothing of the body.
    package var description: String {
        let text =
            switch problem {
            case .unexpectedEnd: "not JSON: the text ends too early"
            case .unexpectedByte: "not JSON: another token was expected"
            case .trailingBytes: "not JSON: something follows the document"
            case .controlCharacter: "not JSON: a control character in a string must be escaped"
            case .escape: "not JSON: unknown escape in a string"
            case .loneSurrogate: "not JSON: half of a surrogate pair in a string"
            case .utf8: "not JSON: a string is not UTF-8"
            case .number: "not JSON: malformed number"
            case .literal: "not JSON: only true, false and null are written without quotes"
            case .tooDeep: "nested deeper than \(JSONScanner.deepest) levels"
            case .empty: "the body is empty, an AdmissionReview was expected"
            case .tooLong: "the body is longer than 2 GiB"
            case .notAnObject: "not an AdmissionReview: the document is no JSON object"
            case .notAnAdmissionReview: "not an AdmissionReview: kind must be \"AdmissionReview\""
            case .version: "apiVersion must be \"admission.k8s.io/v1\" or \"admission.k8s.io/v1beta1\""
            case .noRequest: "the AdmissionReview has no request"
            case .noUID: "the AdmissionReview's request has no uid"
            case .tooManyImages: "the object has more than \(ObjectFields.mostImages) images"
            }
        return "\(text) (byte \(offset))"
    }
}
