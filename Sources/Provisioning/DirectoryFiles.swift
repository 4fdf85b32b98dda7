// The files of a TLS directory, whoever keeps it.

import Posix

/// What a directory holds, under the names that it may have.
struct DirectoryFiles {
    private(set) var certificate: [UInt8]?
    private(set) var key: [UInt8]?
    private(set) var authority: [UInt8]?
    private(set) var status: [UInt8]?
    /// The names that were found, or else the first that was looked for.
    private(set) var certificateName: String
    private(set) var keyName: String
    private(set) var authorityName: String
    /// Files that are there and could not be read.
    private(set) var unreadable: [(name: String, error: Errno)] = []
    /// Whether `imageswap-init local` keeps it: nobody else leaves the CA's key there.
    private(set) var isLocal = false
    /// Whether `imageswap-init run` keeps it.
    private(set) var isKept = false

    /// Bytes of a file at most.
    private static let largestFile = 1 << 20

    init(_ directory: String, names: ProvidedNames) {
        (certificateName, keyName, authorityName) = ("tls.crt", "tls.key", "ca.crt")
        (certificateName, certificate) = read(names.certificate, in: directory)
        (keyName, key) = read(names.key, in: directory)
        (authorityName, authority) = read(names.authority, in: directory)
        status = read(["status.json"], in: directory).bytes
        isLocal = (try? FileStatus(of: "\(directory)/ca.key")) != nil
        isKept = (try? FileSystem.linkTarget("\(directory)/\(TLSDirectory.current)")) != nil
    }

    /// Whether it is a directory for the public: a certificate alone.
    var isPublic: Bool { key == nil && authority == nil && !isKept && unreadable.isEmpty }

    func isUnreadable(_ name: String) -> Bool {
        unreadable.contains { $0.name == name }
    }

    /// The first of these files that is there.
    private mutating func read(_ names: [String], in directory: String) -> (name: String, bytes: [UInt8]?) {
        for name in names {
            do throws(Errno) {
                if let bytes = try FileSystem.readIfPresent("\(directory)/\(name)", limit: Self.largestFile) {
                    return (name, bytes)
                }
            } catch {
                unreadable.append((name, error))
                return (name, nil)
            }
        }
        return (names.first ?? "", nil)
    }
}
