package import MetricModel

/// The rendered labels of a table's series, `{service="shop",environment="ci",`, and their sorted order.
///
/// Rendered once per series and kept, because labels never change: a scrape only copies them.
package struct LabelBlocks: Sendable {
    private let names: [[UInt8]]
    private(set) var bytes: [UInt8] = []
    /// Where each series' block ends in `bytes`.
    private(set) var ends: [Int] = [0]
    /// Who had each number when it was rendered; 0 where nobody had.
    package private(set) var identities: [UInt32] = []
    /// How many numbers are in `order` or have nobody.
    private var sortedCount = 0
    /// Series numbers sorted by their blocks, so that two scrapes agree.
    package private(set) var order: [UInt32] = []

    private var generation: UInt64 = 0

    package init(_ layout: SeriesTableLayout) {
        names = layout.labels.map { Array($0.text.utf8) }
    }

    /// How many series are rendered.
    package var count: Int { ends.count - 1 }

    /// Starts anew if the table's label generation is another one than before: then some numbers stand for
    /// other series.
    package mutating func update(to generation: UInt64) {
        if generation == self.generation { return }
        self.generation = generation
        bytes = []
        ends = [0]
        identities = []
        order = []
        sortedCount = 0
    }

    /// Renders the next series of the table.
    package mutating func append(_ chunk: LabelChunk) {
        var start = 0
        for series in 0..<chunk.seriesCount {
            bytes.append(UInt8(ascii: "{"))
            for (column, name) in names.enumerated() {
                let end = Int(chunk.ends[series * names.count + column])
                if end > start {
                    bytes += name
                    bytes.append(UInt8(ascii: "="))
                    bytes.append(UInt8(ascii: "\""))
                    Escaping.append(labelValue: chunk.bytes[start..<end], to: &bytes)
                    bytes.append(UInt8(ascii: "\""))
                    bytes.append(UInt8(ascii: ","))
                }
                start = end
            }
            if chunk.isOverflow[series] { bytes += Array("otel_metric_overflow=\"true\",".utf8) }
            ends.append(bytes.count)
            identities.append(chunk.identities[series])
        }
    }

    /// Sorts what was appended since the last time into `order`.
    ///
    /// Complexity: O(n log n) for the new ones, O(all) for the merge.
    package mutating func sort() {
        guard sortedCount < count else { return }
        let fresh = (UInt32(sortedCount)..<UInt32(count)).filter { identities[Int($0)] != 0 }
            .sorted { precedes($0, $1) }
        sortedCount = count
        var merged: [UInt32] = []
        merged.reserveCapacity(count)
        var old = order[...]
        var new = fresh[...]
        while let a = old.first, let b = new.first {
            if precedes(b, a) {
                merged.append(b)
                new.removeFirst()
            } else {
                merged.append(a)
                old.removeFirst()
            }
        }
        merged += old
        merged += new
        order = merged
    }

    private func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
        bytes[range(Int(left))].lexicographicallyPrecedes(bytes[range(Int(right))])
    }

    /// The block of a series as a range of `bytes`.
    func range(_ series: Int) -> Range<Int> { ends[series]..<ends[series + 1] }
}
