internal import Posix

/// When a map file must be read again: once its file is another one than was read last, and has stayed the same
/// between two looks, so that one which is being written is not read half.
///
/// A ConfigMap volume's update shows as another file behind the path (a symbolic link's rename), a plain edit as another
/// size or time. A file that is away is a state of its own.
struct MapFileWatch: Sendable {
    /// What was read last; nil while the file is away.
    private var tried: FileStatus?
    private var seen: FileStatus?

    /// - Parameter status: Of what is read at the start.
    init(_ status: FileStatus?) {
        tried = status
        seen = status
    }

    /// Whether what was found at this look is to be read now.
    mutating func isDue(_ found: FileStatus?) -> Bool {
        defer { seen = found }
        guard found != tried, found == seen else { return false }
        tried = found
        return true
    }
}
