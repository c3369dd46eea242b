import Testing

@testable import Service

@Suite struct `Entries whose keys are forgotten` {
    @Test func `are those that end where the window begins, or before`() {
        var marks = KeyMarks(keyCountMax: 32)
        for number in 1...100 as ClosedRange<Int64> { marks.add(end: UInt64(number) * 5, sequence: number) }
        #expect(marks.forgotten(before: 0) == 0)
        #expect(marks.forgotten(before: 4) == 0)
        #expect(marks.forgotten(before: 5) == 1)
        #expect(marks.forgotten(before: 54) == 10)
        #expect(marks.forgotten(before: 54) == 10)
        #expect(marks.forgotten(before: 10_000) == 100)
    }

    @Test func `are found at most a 32nd of the window late, however small entries are`() {
        var marks = KeyMarks(keyCountMax: 3_200)
        for number in 1...10_000 as ClosedRange<Int64> { marks.add(end: UInt64(number), sequence: number) }
        for start in stride(from: 250, through: 10_000, by: 250) as StrideThrough<UInt64> {
            let found = marks.forgotten(before: start)
            #expect(found <= Int64(start))
            #expect(found >= Int64(start) - 200)
        }
    }
}
