import Dispatch
import Glibc

/// Waits for the signals that end a service.
struct StopSignal {
    private let stream: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    private static let numbers = [SIGTERM, SIGINT]

    /// Listens: once this returns, the first SIGTERM or SIGINT is kept for `wait` and does not end the process.
    static func listen() async -> StopSignal {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        var sources: [any DispatchSourceSignal] = []
        for number in numbers {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            // Registered on a thread of its own, some time after it is resumed: a signal before that must not
            // be ignored, or nobody ever hears of it.
            await withCheckedContinuation { registered in
                source.setRegistrationHandler { registered.resume() }
                source.resume()
            }
            sources.append(source)
        }
        return StopSignal(stream: stream, sources: sources)
    }

    /// Returns when one of them has come.
    func wait() async {
        for await _ in stream { break }
        for source in sources { source.cancel() }
        // A second signal ends the process at once: somebody is in a hurry.
        for number in Self.numbers { signal(number, SIG_DFL) }
    }
}
