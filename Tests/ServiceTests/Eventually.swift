import NIOCore
import Testing

/// How long a test waits for what comes within milliseconds when all is well. Where other tests have all threads it
/// waits for its turn, too, and the whole run takes some minutes.
private let patience = Duration.seconds(300)

/// Waits until `condition` holds; when it does not in time the test ends, failed, with the words of `awaited`.
///
/// For what is only seen by looking. It looks every millisecond and leaves the processor to what it waits for.
func eventually(
    _ awaited: Comment,
    at place: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    while !condition() {
        let isInTime = clock.now < deadline
        try #require(isInTime, awaited, sourceLocation: place)
        try await clock.sleep(for: .milliseconds(1))
    }
}

/// What a test waited for in vain.
struct NeverCame: Error, CustomStringConvertible {
    let awaited: String

    var description: String { "\(awaited): not within \(patience)" }
}

extension EventLoop {
    /// A promise that fails with the words of `awaited` when it is not kept in time.
    func makePromise<Value: Sendable>(of type: Value.Type, awaiting awaited: String) -> EventLoopPromise<
        Value
    > {
        let promise = makePromise(of: type)
        let limit = scheduleTask(in: TimeAmount(patience)) { promise.fail(NeverCame(awaited: awaited)) }
        promise.futureResult.whenComplete { _ in limit.cancel() }
        return promise
    }
}
