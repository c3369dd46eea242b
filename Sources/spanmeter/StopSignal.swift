import Dispatch
import Glibc

/// Waits for the signals that end a service.
enum StopSignal {
    /// Returns at the first SIGTERM or SIGINT; until then neither ends the process.
    static func wait() async {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        for await _ in stream { break }
        for source in sources { source.cancel() }
        // A second signal ends the process at once: somebody is in a hurry.
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    }
}
