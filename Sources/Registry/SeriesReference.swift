/// A series by the numbers of its table and of its own.
struct SeriesReference: BitwiseCopyable, Sendable {
    let table: Int
    let series: Int
}
