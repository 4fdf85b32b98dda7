// What brings a view of the cluster up to date: a thread for each list with its watch.

private import FoundationEssentials
import Kubernetes
import Posix

/// The lists and watches of a keeper of copies.
struct PullSecretFeeds {
    let options: PullSecretOptions
    /// The Secrets to look at.
    let names: [String]
    let connect: @Sendable () -> KubernetesClient
    let time: TimeSource
    let view: Monitor<PullSecretView>

    /// Starts them. They end some time after `isOver` answers true.
    func start(isOver: @escaping @Sendable () -> Bool) throws(ProvisioningError) -> [Posix.Thread] {
        let (connect, options, time, view) = (connect, options, time, view)
        do throws(Errno) {
            var threads = [
                try Posix.Thread(name: "namespaces", stackSize: Self.stack) {
                    var reflector = Reflector(
                        client: connect(), .namespaces(labelSelector: options.namespaceSelector),
                        time: time, interval: options.interval, metadata: \.metadata, keep: PullSecretView.Chosen.init)
                    reflector.run(isOver: isOver) { news in
                        view.withLock { $0.take(news) }
                        view.notify()
                    }
                }
            ]
            for name in names {
                threads.append(
                    try Posix.Thread(name: "secrets", stackSize: Self.stack) {
                        var reflector = Reflector(
                            client: connect(), .secrets(named: name), time: time,
                            interval: options.interval, metadata: \.metadata
                        ) { PullSecretView.Seen($0, home: options.home) }
                        reflector.run(isOver: isOver) { news in
                            view.withLock { $0.take(news, named: name) }
                            view.notify()
                        }
                    })
            }
            return threads
        } catch {
            throw .unanswered("cannot start a thread: \(error)")
        }
    }

    /// Bytes of a thread's stack: JSON is read by recursion.
    private static let stack = 1 << 20
}
