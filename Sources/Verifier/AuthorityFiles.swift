internal import Posix

/// Certificates that registries' own ones are verified against: `DIRECTORY/HOST[:PORT]/ca.crt`, as containerd and Docker
/// have them. A file counts as it is when a connection is made.
struct AuthorityFiles {
    let directory: String?
    private var known: [String: (status: FileStatus, pem: [UInt8])] = [:]

    private static let longest = 1 << 20

    init(directory: String?) {
        self.directory = directory
    }

    /// The host's file; nil where it has none. Throws where it cannot be read: then nothing may be verified.
    ///
    /// - Parameter host: checked, so that it names a directory right below.
    mutating func authority(of host: String) throws(Errno) -> [UInt8]? {
        guard let directory else { return nil }
        let path = "\(directory)/\(host)/ca.crt"
        let status: FileStatus
        do throws(Errno) {
            status = try FileStatus(of: path)
        } catch .notFound {
            known[host] = nil
            return nil
        } catch .notDirectory {
            return nil
        }
        if let known = known[host], known.status == status { return known.pem }
        guard let pem = try FileSystem.readIfPresent(path, limit: Self.longest) else { return nil }
        known[host] = (status, pem)
        return pem
    }
}
