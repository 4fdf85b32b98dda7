internal import Foundation

/// The object that a log line is: `[String: Any]`.
package func logObject(_ line: String) throws -> [String: Any] {
    guard line.hasSuffix("}\n"), line.utf8.dropLast().allSatisfy({ $0 >= 0x20 }),
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { throw NotOneLine(line: line) }
    return object
}

/// A line that is not one, or not of JSON.
private struct NotOneLine: Error {
    let line: String
}
