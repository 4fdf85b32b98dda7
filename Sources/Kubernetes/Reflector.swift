// A collection kept in view: listed, then watched, and listed again where that is needed.

private import FoundationEssentials
package import Posix

/// Keeps what is wanted of a collection's objects in view, for as long as it runs.
///
///     list ──▶ watch ──▶ the watch ended, or was cut: watch on from the last version
///      ▲                 410, in the answer or within the stream: list
///      └─────────────────an interval has gone by: list (the resync)
package struct Reflector<Object: Decodable & Sendable, Kept: Sendable> {
    /// What is told, in its order.
    package enum News: Sendable {
        /// A list: what is not in it is not there, and what failed fares well again.
        case all([Kept])
        case changed(Kept)
        case deleted(Kept)
        /// It is tried again after a while. What was told before holds no longer for sure.
        case failed(KubernetesError)
    }

    private let client: KubernetesClient
    private let collection: ObjectCollection<Object>
    private let time: TimeSource
    private let interval: Int64
    private let keep: (Object) -> Kept
    private let version: (Object) -> String?
    private var delays = RetryDelays()
    /// Where the next watch goes on; nil: it has to be listed.
    private var resourceVersion: String?
    private var listed: Int64 = 0
    /// Calls that failed one after the other.
    private var failures = 0

    /// The longest watch, in seconds, as client-go has it.
    private static var longestWatch: Int64 { 300 }
    /// A watch that ended sooner, and told nothing, is no sign that all is well, in seconds.
    private static var shortestWatch: Int64 { 5 }

    /// - Parameters:
    ///   - interval: Seconds between two lists, though nothing went wrong.
    ///   - keep: What is kept of an object.
    ///   - metadata: The object's.
    package init(
        client: KubernetesClient, _ collection: ObjectCollection<Object>, time: TimeSource, interval: Int64,
        metadata: @escaping (Object) -> ObjectMeta, keep: @escaping (Object) -> Kept
    ) {
        self.client = client
        self.collection = collection
        self.time = time
        self.interval = interval
        self.keep = keep
        version = { metadata($0).resourceVersion }
    }

    /// Runs until `isOver` answers true, which is asked between two calls and at each event.
    package mutating func run(isOver: () -> Bool, tell: (News) -> Void) {
        while !isOver() {
            let start = time.now()
            do throws(KubernetesError) {
                let isProgress = try step(isOver: isOver, tell: tell)
                failures = 0
                switch isProgress {
                case true?: delays = RetryDelays()
                case false?: pause()
                case nil: break
                }
            } catch {
                let wasWatch = resourceVersion != nil
                // A watch that is cut is taken up again where it was, and nothing is lost by it. After anything else it
                // has to be listed: 410 is the API's word for that, and no failure.
                if wasWatch, time.now() >= start + Self.shortestWatch {
                    // It went well until then: something between cuts what is silent for a while.
                    failures = 0
                    delays = RetryDelays()
                }
                failures += 1
                let isCut = wasWatch && error.isUnreachable && failures == 1
                if !isCut { resourceVersion = nil }
                if wasWatch && error.isExpired { failures = 0 } else if !isCut { tell(.failed(error)) }
                pause()
            }
        }
    }

    private mutating func pause() {
        time.pause(.milliseconds(Int(delays.next(wish: nil) * 1000)))
    }

    /// One list, or one watch.
    ///
    /// - Returns: Of a watch, whether it went well; false where it ended at once. Nil of a list: what it is worth shows
    ///   the watch after it.
    private mutating func step(
        isOver: () -> Bool, tell: (News) -> Void
    ) throws(KubernetesError) -> Bool? {
        let start = time.now()
        guard let from = resourceVersion, start < listed + interval else {
            resourceVersion = nil
            let (objects, version) = try client.list(collection) { keep($0) }
            tell(.all(objects))
            resourceVersion = version
            listed = start
            return nil
        }
        let longest = min(Self.longestWatch, max(1, listed + interval - start))
        var last = from
        var hasTold = false
        defer { if resourceVersion != nil { resourceVersion = last } }
        try client.watch(collection, from: from, seconds: Int(longest)) { event in
            hasTold = true
            failures = 0
            delays = RetryDelays()
            switch event {
            case .bookmark(let version): last = version
            case .changed(let object):
                last = version(object) ?? last
                tell(.changed(keep(object)))
            case .deleted(let object):
                last = version(object) ?? last
                tell(.deleted(keep(object)))
            }
            return !isOver()
        }
        return hasTold || time.now() >= start + min(longest, Self.shortestWatch)
    }
}
