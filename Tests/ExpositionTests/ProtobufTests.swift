import Exposition
import MetricModel
import Testing

@Suite struct `Pages of the protobuf format` {
    @Test func `say what the text format says`() throws {
        let page = try `Pages of the text format`.page()
        let own = `Pages of OpenMetrics`.own
        let families = try #require(DecodedFamily.all(Array(page.protobuf(own: own).joined())))
        var ending: [UInt8] = []
        for family in own { TextFormat.append(family, to: &ending) }
        let text = String(decoding: page.rendered() + ending, as: UTF8.self)
        #expect(families.map(\.text).joined() == text)
    }

    @Test func `say when each counter and histogram began, if that is known`() throws {
        let page = try `Pages of the text format`.page()
        let own = `Pages of OpenMetrics`.own
        let families = try #require(DecodedFamily.all(Array(page.protobuf(own: own).joined())))
        let created = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0.created) })
        let base: Int64 = 1_700_000_000_000
        // In the page's order, which is that of the labels; the second has a start that is not known.
        let numbers: [Int64] = [3, 1, 0, 5, 4, 2, 6]
        #expect(created["calls_total"] == numbers.map { $0 == 1 ? 0 : base + $0 * 1_001 })
        #expect(created["work_seconds"] == created["calls_total"])
        #expect(created["target_info"] == [0, 0, 0, 0, 0])
        #expect(created["own_spans_total"] == [base + 50])
        #expect(created["own_request_seconds"] == [base + 50])
        #expect(created["own_start_time_seconds"] == [0])
    }

    @Test func `name units, and no family twice`() throws {
        let page = try `Pages of the text format`.page()
        let own = `Pages of OpenMetrics`.own
        let families = try #require(DecodedFamily.all(Array(page.protobuf(own: own).joined())))
        #expect(Set(families.map(\.name)).count == families.count)
        let units = families.filter { !$0.unit.isEmpty }.map { "\($0.name) \($0.unit)" }
        #expect(
            units == [
                "work_seconds seconds", "own_request_seconds seconds", "own_start_time_seconds seconds",
            ])
    }

    @Test(arguments: [1, 2, 1_000], [1, 100, 64 << 10])
    func `do not depend on the pieces they are collected and written in`(step: Int, byteCountTarget: Int)
        throws
    {
        let page = try `Pages of the text format`.page()
        let pieces = page.protobuf(step: step, byteCountTarget: byteCountTarget)
        #expect(Array(pieces.joined()) == Array(page.protobuf().joined()))
        if byteCountTarget == 1 {
            // One series at a time, the head with the first.
            #expect(pieces.count > 20)
        }
    }

    @Test func `stay within a series of the size that was asked for`() throws {
        let counter = Instrument(metric: try MetricName("x_total"), kind: .counter)
        var page = try Page(labels: ["a"], instruments: [counter])
        for number in 0..<5_000 {
            page.add("value number \(number)", amounts: [Double(number)], created: 1_700_000_000_000)
        }
        let pieces = page.protobuf(step: 64, byteCountTarget: 10_000)
        #expect(pieces.allSatisfy { $0.count < 10_100 })
        #expect(pieces.count > 20)
        let family = try #require(DecodedFamily.all(Array(pieces.joined()))?.first)
        #expect(family.created.count == 5_000)
    }

    @Test func `take random label values as they are`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of labels in protobuf: \(seed)")
        var random = `Pages of the text format`.Steps(state: seed)
        let letters = ["a", "b", "\"", "\\", "é", "{", ",", "\n", "=", "n", ""]
        let instrument = Instrument(
            metric: try MetricName("x_total"), kind: .counter,
            fixedLabel: FixedLabel(name: try LabelName("direction"), value: "in \"1\""))
        var page = try Page(labels: ["a", "b", "c"], instruments: [instrument])
        for number in 0..<500 {
            let values = (0..<3).map { _ in (0..<5).map { _ in letters[random.next(letters.count)] }.joined()
            }
            page.add(values[0], values[1], values[2], isOverflow: number % 7 == 0, amounts: [1])
        }
        let families = try #require(DecodedFamily.all(Array(page.protobuf().joined())))
        let text = String(decoding: page.rendered(), as: UTF8.self)
        #expect(families.map(\.text).joined() == text, "seed \(seed)")
    }

    @Test func `have nothing of a family that no series touched`() throws {
        let counter = Instrument(metric: try MetricName("x_total"), kind: .counter)
        var page = try Page(labels: ["a"], instruments: [counter])
        page.add("x", amounts: [nil])
        #expect(Array(page.protobuf().joined()) == [])
    }
}
