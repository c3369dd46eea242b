import MetricModel
import Testing

@Suite struct `Keys of rows` {
    @Test(arguments: 0..<RowKey.columnCountMax) func `hold a number in every column`(column: Int) {
        var key = RowKey()
        #expect(key.value(column) == 0)
        key.set(column, 0xFFFF)
        #expect(key.value(column) == 0xFFFF)
        for other in 0..<RowKey.columnCountMax where other != column { #expect(key.value(other) == 0) }
        #expect(key != RowKey())
    }

    /// An index of twice as many places as keys takes a place from the lower bits of the hash.
    @Test(arguments: 0..<RowKey.columnCountMax, [0, 1, 7] as [Int32])
    func `spread over an index, whatever column tells them apart`(column: Int, table: Int32) {
        var places: Set<UInt64> = []
        var tags: Set<UInt64> = []
        for value in 1...4_096 {
            var key = RowKey()
            for other in 0..<3 where other != column { key.set(other, 1) }
            key.set(column, UInt32(value))
            places.insert(key.hash(table) & 8_191)
            tags.insert(key.hash(table) >> 32)
        }
        // Random places would be 3,223 different ones, random tags nearly all; one multiplication does half as well.
        #expect(places.count > 1_500)
        #expect(tags.count > 2_500)
    }
}
