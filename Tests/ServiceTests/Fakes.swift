import Exposition
import MetricModel
import NIOCore
import OTLP
import Service
import Synchronization
import Testing

/// Remembers what it was given and answers as it is told, at once or when the test says so.
final class FakeSink: TraceSink {
    struct State {
        /// Requests get their outcome by `answer`.
        var isHolding = false
        var held: [PendingAnswer] = []
        var answeredCount = 0
        var waitingCountMax = 0
        var outcome = ExportOutcome.accepted
        var byteCounts: [Int] = []
        var bodies: [[UInt8]] = []
        var wires: [WireProtocol] = []
    }

    let state = Mutex(State())

    init(_ outcome: ExportOutcome = .accepted) {
        state.withLock { $0.outcome = outcome }
    }

    /// A sink whose requests wait for `answer`.
    static var holding: FakeSink {
        let sink = FakeSink()
        sink.state.withLock { $0.isHolding = true }
        return sink
    }

    var bodies: [[UInt8]] { state.withLock { $0.bodies } }
    var byteCounts: [Int] { state.withLock { $0.byteCounts } }
    var waitingCountMax: Int { state.withLock { $0.waitingCountMax } }

    /// Waits until `count` requests have come in all.
    func wait(_ count: Int, at place: SourceLocation = #_sourceLocation) async throws {
        try await eventually("the sink has \(count) requests", at: place) { byteCounts.count >= count }
    }

    /// Gives held requests, numbered as they came, their outcomes, in one batch and from this thread.
    func answer(_ numbers: [Int], _ outcome: (Int) -> ExportOutcome = { _ in .accepted }) {
        var batch = AnswerBatch()
        state.withLock { state in
            for number in numbers { batch.add(state.held[number], outcome(number)) }
            state.answeredCount += numbers.count
        }
        batch.deliver()
    }

    func export(_ body: RawSpan, via wire: WireProtocol, answer: PendingAnswer) -> ExportOutcome? {
        let bytes = body.withUnsafeBytes { [UInt8]($0.prefix(1 << 20)) }
        let byteCount = body.byteCount
        return state.withLock { state in
            state.byteCounts.append(byteCount)
            state.bodies.append(bytes)
            state.wires.append(wire)
            guard state.isHolding else { return state.outcome }
            state.held.append(answer)
            state.waitingCountMax = max(state.waitingCountMax, state.held.count - state.answeredCount)
            return nil
        }
    }
}

/// A scrape of `chunkCount` chunks; counts what was asked of it.
final class FakeScrape: ScrapeSource {
    let chunkCount: Int
    let chunkByteCount: Int
    struct State {
        var mark: UInt64 = 0
        /// Scrapes begin by `resume`.
        var isHolding = false
        var held: [PendingScrape] = []
    }

    let state = Mutex(State())
    let beginCount = Atomic<Int>(0)
    let nextCount = Atomic<Int>(0)
    /// The formats that scrapes were begun in.
    let formats = Mutex<[ExpositionFormat]>([])

    init(chunkCount: Int = 1, chunkByteCount: Int = 12) {
        self.chunkCount = chunkCount
        self.chunkByteCount = chunkByteCount
    }

    func begin(_ format: ExpositionFormat, ready: PendingScrape) -> ScrapeStart? {
        formats.withLock { $0.append(format) }
        beginCount.add(1, ordering: .relaxed)
        let isHolding = state.withLock { state in
            if state.isHolding { state.held.append(ready) }
            return state.isHolding
        }
        return isHolding ? nil : start
    }

    /// Called on an event loop of its scrape.
    private var start: ScrapeStart {
        ScrapeStart(cursor: Cursor(source: self), mark: state.withLock { $0.mark })
    }

    /// Waits until `count` scrapes have begun in all.
    func wait(_ count: Int, at place: SourceLocation = #_sourceLocation) async throws {
        try await eventually("\(count) scrapes have begun", at: place) {
            beginCount.load(ordering: .relaxed) >= count
        }
    }

    /// Lets a held scrape go on, or refuses it.
    func resume(_ number: Int, refusing refusal: ScrapeRefusal? = nil) {
        let ready = state.withLock { $0.held[number] }
        ready.eventLoop.execute {
            if let refusal { ready.refuse(refusal) } else { ready.complete(self.start) }
        }
    }

    private final class Cursor: ScrapeCursor {
        let source: FakeScrape
        var index = 0

        init(source: FakeScrape) { self.source = source }

        func next(into buffer: inout ByteBuffer) -> Bool {
            source.nextCount.add(1, ordering: .relaxed)
            buffer.writeBytes(FakeScrape.chunk(index, byteCount: source.chunkByteCount))
            index += 1
            return index < source.chunkCount
        }
    }

    static func chunk(_ index: Int, byteCount: Int) -> [UInt8] {
        let line = Array("up \(index % 10)\n".utf8)
        return (0..<byteCount).map { line[$0 % line.count] }
    }

    var text: [UInt8] {
        (0..<chunkCount).flatMap { FakeScrape.chunk($0, byteCount: chunkByteCount) }
    }
}
