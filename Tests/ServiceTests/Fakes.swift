import Exposition
import MetricModel
import NIOCore
import OTLP
import Service
import Synchronization

/// Remembers what it was given and answers as it is told.
final class FakeSink: TraceSink {
    struct State {
        var outcome = ExportOutcome.accepted
        var byteCounts: [Int] = []
        var bodies: [[UInt8]] = []
        var wires: [WireProtocol] = []
    }

    let state = Mutex(State())

    init(_ outcome: ExportOutcome = .accepted) {
        state.withLock { $0.outcome = outcome }
    }

    var bodies: [[UInt8]] { state.withLock { $0.bodies } }
    var byteCounts: [Int] { state.withLock { $0.byteCounts } }

    func export(_ body: RawSpan, via wire: WireProtocol) -> ExportOutcome {
        let bytes = body.withUnsafeBytes { [UInt8]($0.prefix(1 << 20)) }
        let byteCount = body.byteCount
        return state.withLock { state in
            state.byteCounts.append(byteCount)
            state.bodies.append(bytes)
            state.wires.append(wire)
            return state.outcome
        }
    }
}

/// A scrape of `chunkCount` chunks; counts what was asked of it.
final class FakeScrape: ScrapeSource {
    let chunkCount: Int
    let chunkByteCount: Int
    let beginCount = Atomic<Int>(0)
    let nextCount = Atomic<Int>(0)
    /// The formats that scrapes were begun in.
    let formats = Mutex<[ExpositionFormat]>([])

    init(chunkCount: Int = 1, chunkByteCount: Int = 12) {
        self.chunkCount = chunkCount
        self.chunkByteCount = chunkByteCount
    }

    func begin(_ format: ExpositionFormat) -> any ScrapeCursor {
        formats.withLock { $0.append(format) }
        beginCount.add(1, ordering: .relaxed)
        return Cursor(source: self)
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
