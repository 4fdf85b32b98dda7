internal import Glibc

extension [String: String] {
    /// The process's environment: environ(7).
    package static var current: [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let variable = unsafe String(cString: text)
            if let equals = variable.firstIndex(of: "=") {
                variables[String(variable[..<equals])] = String(variable[variable.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return variables
    }
}
