import MetricModel
import Testing

@testable import Service

@Suite struct `Envelopes of the journal` {
    @Test func `leave a record alone where nothing goes with it`() throws {
        let record: [UInt8] = [1, 200, 3]
        let bytes = Envelope.encode(arrival: 7, record: record, folds: [], outcomes: [])
        #expect(bytes == record)
        #expect(try Envelope.split(bytes.span.bytes).record == record)
        #expect(Envelope.encode(arrival: 7, record: [], folds: [], outcomes: []) == [])
    }

    @Test(
        arguments: [([1, 2], [3], []), ([], [3, 4], [5]), ([], [], [9])] as [([UInt8], [UInt8], [UInt8])])
    func `keep their parts apart`(record: [UInt8], folds: [UInt8], outcomes: [UInt8]) throws {
        let bytes = Envelope.encode(
            arrival: 1_700_000_000_000, record: record, folds: folds, outcomes: outcomes)
        #expect(
            try Envelope.split(bytes.span.bytes)
                == Envelope(
                    arrival: 1_700_000_000_000, record: record, folds: folds, outcomes: outcomes))
        for count in 1..<bytes.count {
            #expect(throws: SectionError.self) {
                try Envelope.split(bytes.span.bytes.extracting(first: count))
            }
        }
    }
}
