/// Request bodies in memory that together hold every label set at least twice, for measuring in process.
///
/// The same ones in every run: ids and times come from `run` and `start`, not from chance and the clock.
package struct RequestBodies: Sendable {
    /// One `ExportTraceServiceRequest` each, of `batch` spans.
    package private(set) var bodies: [[UInt8]]
    private let templates: [RequestTemplate]
    private var fresh: FreshSpans
    private var nanoseconds: UInt64

    /// - Parameters:
    ///   - batch: spans in a body.
    ///   - run: sets the ids apart from those of other runs.
    ///   - start: when the first spans ended, in nanoseconds since the epoch; 2026 begins by default.
    package init(batch: Int = 512, run: UInt64 = 1, start: UInt64 = 1_767_225_600_000_000_000) {
        templates = RequestTemplate.all(batch: batch)
        bodies = templates.map(\.bytes)
        fresh = FreshSpans(connection: 0, run: run)
        nanoseconds = start
        renew()
    }

    /// How many spans all bodies have together.
    package var spanCount: Int { templates.reduce(0) { $0 + $1.spans.count } }

    /// Gives every span new ids and times, a second later than the last ones; allocates nothing.
    package mutating func renew() {
        nanoseconds += 1_000_000_000
        for index in bodies.indices {
            bodies[index].withUnsafeMutableBytes { body in
                fresh.stamp(body, as: templates[index], nanoseconds: nanoseconds)
            }
        }
    }
}
