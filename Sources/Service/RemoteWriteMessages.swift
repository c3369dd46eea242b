import Delivery
import Exposition
import MetricModel

/// The messages of one push: all series of the page, and what spanmeter says of itself.
struct RemoteWriteMessages {
    private let source: MetricsSource
    private var walk: SeriesWalk
    private var batch: RemoteWriteBatch
    private var chunk = ValueChunk()
    private var hasOwn = false

    /// - Parameter labels: what every series gets that has no label of that name.
    init(_ source: MetricsSource, labels: [(name: String, value: String)]) {
        self.source = source
        walk = SeriesWalk(source)
        let milliseconds = Int64(WallClock.nanosecondsSince1970() / 1_000_000)
        batch = RemoteWriteBatch(timestamp: milliseconds, labels: labels)
    }

    /// The next message; nil at the end.
    mutating func next() -> RemoteWriteMessage? {
        while batch.sampleCount < FinalPush.samplesPerRequest, let step = walk.next() { take(step) }
        if batch.sampleCount < FinalPush.samplesPerRequest, !hasOwn {
            hasOwn = true
            for family in source.ownFamilies() { batch.append(family) }
        }
        guard batch.sampleCount > 0 else { return nil }
        let taken = batch.takeFirst(FinalPush.samplesPerRequest)
        return RemoteWriteMessage(sampleCount: taken.sampleCount) { version in
            switch version {
            case .version1: taken.version1()
            case .version2: taken.version2()
            }
        }
    }

    private mutating func take(_ step: SeriesWalk.Step) {
        let catalog = step.part.store.catalog
        step.part.store.values(
            step.source, series: step.series, identities: step.blocks.identities, into: &chunk)
        batch.append(
            catalog.families[step.family],
            catalog.tables[step.source.table].instruments[step.source.instrument], chunk,
            series: step.series, blocks: step.blocks)
    }
}
