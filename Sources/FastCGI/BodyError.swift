/// Why a request has no body that could be used. Whatever was read of it is gone.
package enum BodyError: Error, Equatable, Sendable {
    /// CONTENT_LENGTH was not sent, or is empty, as nginx sends it for a request without a body.
    case lengthMissing
    /// CONTENT_LENGTH is not digits alone; its first bytes.
    case lengthInvalid(String)
    /// CONTENT_LENGTH is over the limit, in bytes. Nothing was read.
    case tooLarge(limit: Int)
    /// STDIN ended, or could not be read to its end (`cause`), with `received` of `announced` bytes.
    case cut(received: Int, announced: Int, cause: InputError?)
    /// STDIN holds more than was announced.
    case surplus(announced: Int)
}

extension BodyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .lengthMissing: "no CONTENT_LENGTH"
        case .lengthInvalid(let text): "CONTENT_LENGTH is not a number: \(text.debugDescription)"
        case .tooLarge(let limit): "CONTENT_LENGTH is over the limit of \(limit) bytes"
        case .cut(let received, let announced, let cause):
            "body cut at \(received) of \(announced) bytes: \(cause?.description ?? "it ended there")"
        case .surplus(let announced): "more bytes than the \(announced) of CONTENT_LENGTH"
        }
    }
}
