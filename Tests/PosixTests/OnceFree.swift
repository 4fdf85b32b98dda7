internal import Posix

/// Takes what was given up, within 20 s. A process that another test starts just now has copies of all descriptors until
/// it runs its program, and so holds the locks of those that were closed here.
func onceFree<Value>(_ take: () throws -> Value) throws -> Value {
    let deadline = MonotonicTime.now + .seconds(20)
    while true {
        do {
            return try take()
        } catch  where MonotonicTime.now < deadline {
            Thread.sleep(milliseconds: 1)
        }
    }
}
