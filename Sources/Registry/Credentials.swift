private import FoundationEssentials

/// User names and passwords by registry, from a `config.json` as `docker login` and pull secrets have it.
package struct Credentials: Equatable, Sendable {
    package struct Login: Equatable, Sendable {
        package let user: String
        package let password: String

        /// `Authorization`'s value.
        var basic: String { "Basic " + Data("\(user):\(password)".utf8).base64EncodedString() }
    }

    /// What of the file is not used, for the log; names no secret.
    package private(set) var warnings: [String] = []
    /// By registry, or by registry and the beginning of a repository.
    private var logins: [String: Login] = [:]

    package struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package init() {}

    /// Reads a file's bytes.
    package init(_ bytes: [UInt8]) throws(Problem) {
        struct File: Decodable {
            struct Entry: Decodable {
                var auth: String?
                var username: String?
                var password: String?
                var identitytoken: String?
                var registrytoken: String?
            }
            var auths: [String: Entry]?
            var credsStore: String?
            var credHelpers: [String: String]?
        }
        guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)) else {
            throw Problem(description: "it is no config.json with auths")
        }
        if let store = file.credsStore, !store.isEmpty {
            warnings.append(
                "credsStore \(store) is not used: this runs no other program; give auths with their passwords")
        }
        for (registry, helper) in (file.credHelpers ?? [:]).sorted(by: { $0.key < $1.key }) {
            warnings.append(
                "credHelpers: \(helper) for \(registry) is not used: this runs no other program; give auths with a password"
            )
        }
        for (key, entry) in (file.auths ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let place = Self.place(key) else {
                warnings.append("auths: \(key) names no registry")
                continue
            }
            guard let login = Self.login(auth: entry.auth, user: entry.username, password: entry.password) else {
                let hasToken = entry.identitytoken != nil || entry.registrytoken != nil
                warnings.append(
                    hasToken
                        ? "auths: the token of \(key) is not used; give a user and a password"
                        : "auths: \(key) has no user and password")
                continue
            }
            logins[place] = login
        }
    }

    /// What is stored for a registry, and of that for the longest beginning of the repository.
    func login(registry: String, repository: String) -> Login? {
        guard !logins.isEmpty else { return nil }
        var place = "\(registry)/\(repository)"
        while true {
            if let login = logins[place] { return login }
            guard let slash = place.lastIndex(of: "/") else { return nil }
            place = String(place[..<slash])
        }
    }

    /// `registry[/path]` of a key: `host`, `https://host/v1/`, `host/path`.
    private static func place(_ key: String) -> String? {
        var rest = key[...]
        for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        let host = rest.prefix { $0 != "/" }
        guard WebAddress.isHost(String(host)) else { return nil }
        let path = rest[host.endIndex...].split(separator: "/").joined(separator: "/")
        let registry = RegistryImage.registry(ofHost: String(host))
        return ["", "v1", "v2"].contains(path) ? registry : "\(registry)/\(path)"
    }

    private static func login(auth: String?, user: String?, password: String?) -> Login? {
        if let auth, let data = Data(base64Encoded: auth),
            let text = String(validating: data, as: UTF8.self), let colon = text.firstIndex(of: ":"),
            colon > text.startIndex
        {
            return Login(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
        }
        guard let user, !user.isEmpty, let password else { return nil }
        return Login(user: user, password: password)
    }
}
