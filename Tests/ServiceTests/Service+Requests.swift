import Foundation
import TestSupport
import Testing

/// What came back of a request.
struct Reply {
    let status: Int
    /// By their names in lower case.
    let headers: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The answer's patch: path → value; empty where there is none.
    func patch() throws -> [String: String] {
        let answer = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any], "\(text)")
        let response = try #require(answer["response"] as? [String: Any])
        guard let patch = response["patch"] as? String else { return [:] }
        let operations = try JSONSerialization.jsonObject(with: #require(Data(base64Encoded: patch)))
        var values: [String: String] = [:]
        for operation in try #require(operations as? [[String: String]]) {
            values[operation["path"] ?? ""] = operation["value"]
        }
        return values
    }
}

extension Service {
    /// Runs curl, the CA trusted. Its exit code, and all that it wrote.
    func curl(_ arguments: [String]) throws -> (code: Int32?, output: String) {
        try Program.run(
            "/usr/bin/curl", ["-sS", "--max-time", "20", "--cacert", (folder / "tls/ca.crt").path] + arguments)
    }

    func url(_ path: String) -> String { "https://127.0.0.1:\(port)\(path)" }

    /// Makes one request, over TLS and through nginx.
    func request(
        _ method: String, _ path: String, type: String? = "application/json", body: Data? = nil
    ) throws -> Reply {
        let exchange = try TemporaryFolder()
        var arguments = ["-D", (exchange / "head").path, "-o", (exchange / "body").path]
        // curl's own HEAD, which waits for no body.
        arguments += method == "HEAD" ? ["-I"] : ["-X", method]
        if let body {
            try body.write(to: exchange / "sent")
            arguments += ["--data-binary", "@\((exchange / "sent").path)", "-H", "Expect:"]
        }
        arguments += ["-H", "Content-Type:" + (type.map { " \($0)" } ?? ""), url(path)]
        let (code, output) = try curl(arguments)
        try #require(code == 0, "curl: \(output)")
        let lines = try String(contentsOf: exchange / "head", encoding: .utf8).split(separator: "\r\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.last?.trimmingCharacters(in: .whitespaces)
        }
        return Reply(status: status, headers: headers, body: (try? Data(contentsOf: exchange / "body")) ?? Data())
    }

    func post(_ body: Data) throws -> Reply { try request("POST", "/", body: body) }
}

/// The bodies that a real API server sent, with the patches that they must give.
enum Reviews {
    struct Expected: Decodable {
        let maps: String
        let patches: [String: [String: String]]
    }

    private static let folder = Service.repository.appending(path: "Tests/AdmissionTests/Reviews")

    static func expected() throws -> Expected {
        try JSONDecoder().decode(Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    }

    static func body(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
}
