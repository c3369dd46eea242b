import GRDB
import Ledger
import SeededRandom

/// A data directory whose store is open, and can be opened again as a new process would.
final class OpenStore {
    private(set) var contents = Recorder()
    private var current: Store?
    private let directory: String
    private let now: Int64

    /// Opens; the clock stands at 2026-11-21 04:21:18 UTC unless told otherwise.
    init(_ directory: TemporaryDirectory, below name: String = "", now: Int64 = 1_795_234_878) throws {
        self.directory = directory.path + name
        self.now = now
        try open()
    }

    /// The store; a test that closed it has none.
    var store: Store {
        get throws {
            struct Closed: Error {}
            guard let current else { throw Closed() }
            return current
        }
    }

    /// Closes, and returns what a new store finds.
    func reopen() throws -> Recorder {
        close()
        try open()
        return contents
    }

    func close() {
        current = nil
    }

    private func open() throws {
        let now = now
        current = try Store(directory: directory, now: { now }, loading: &contents)
    }
}

extension JournalEntry {
    /// An entry whose bytes follow from `seed`: larger than a page, so that they have overflow pages.
    static func sample(_ seed: Int, recordCount: Int = 5_000, spanCount: Int = 200, arrival: Int64 = 0)
        -> Self
    {
        JournalEntry(
            record: .sample(seed, count: recordCount), keys: .sample(seed + 1_000_000, count: spanCount * 16),
            arrival: arrival)
    }
}

extension Array<UInt8> {
    /// `count` bytes that follow from `seed`.
    static func sample(_ seed: Int, count: Int) -> Self {
        var generator = SeededRandom(seed: UInt64(seed))
        var bytes = Self()
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { Swift.withUnsafeBytes(of: generator.next()) { bytes += $0 } }
        return Self(bytes[..<count])
    }
}

extension CheckpointSlice {
    /// Writes an image.
    borrowing func put(_ place: SeriesPlace, through sequence: Int64, _ image: [UInt8]) throws {
        try put(place, through: sequence, image: image.span.bytes)
    }

    /// Writes a value.
    borrowing func set(_ name: String, _ value: [UInt8]) throws {
        try set(name, value.span.bytes)
    }
}
