import MetricModel
import Registry
import SeededRandom
import Testing

@Suite struct `Identity of series` {
    @Test func `tells apart which label is empty`() throws {
        var staging = try Staging()
        let keys = [
            ["s", "e", "", ""], ["s", "e", "x", ""], ["s", "e", "", "x"], ["s", "e", "x", "x"],
            ["", "e", "x", ""],
            ["", "", "", ""],
        ]
        for (number, key) in keys.enumerated() { staging.send(key, amount: Double(number + 1)) }
        for (number, key) in keys.enumerated() {
            #expect(staging.registry.sums()[Series(values: key, isOverflow: false)] == Double(number + 1))
        }
        #expect(staging.registry.seriesCounts() == [keys.count])
    }

    @Test func `tells apart values that are equal when joined`() throws {
        var staging = try Staging()
        let keys = [
            ["s", "e", "ab", "c"], ["s", "e", "a", "bc"], ["s", "e", "abc", ""], ["se", "", "ab", "c"],
            ["s", "e", "a\u{0}", "bc"], ["s", "e", "a", "\u{0}bc"], ["s", "e", "a,b=\"c\"", ""],
        ]
        for key in keys { staging.send(key) }
        #expect(staging.registry.sums().count == keys.count)
        #expect(staging.registry.sums().values.allSatisfy { $0 == 1 })
    }

    @Test func `tells apart long values that differ in one byte`() throws {
        var staging = try Staging()
        let text = String(repeating: "x", count: 200)
        for position in [0, 7, 8, 15, 16, 17, 100, 192, 199] {
            var bytes = Array(text.utf8)
            bytes[position] = UInt8(ascii: "y")
            staging.send(["s", "e", String(decoding: bytes, as: UTF8.self), ""])
        }
        staging.send(["s", "e", text, ""])
        #expect(staging.registry.sums().count == 10)
    }

    @Test func `is the same in every batch and independent of what else is in it`() throws {
        var staging = try Staging()
        for round in 0..<5 {
            for filler in 0..<round * 50 { staging.stage(["s", "e", "filler", "\(filler)"]) }
            staging.stage(["s", "e", "kept", "x"])
            staging.apply()
        }
        #expect(staging.registry.sums()[Series("s", "e", "kept", "x")] == 5)
        #expect(staging.registry.sums()[Series("s", "e", "filler", "0")] == 4)
    }

    @Test func `is apart in every table`() throws {
        var staging = try Staging(tables: 3)
        for table in 0..<3 { staging.stage(["s", "e", "x", "y"], amount: Double(table + 1), table: table) }
        staging.apply()
        for table in 0..<3 {
            #expect(staging.registry.sums(table: table) == [Series("s", "e", "x", "y"): Double(table + 1)])
        }
    }

    /// Random label sets over few values against a dictionary.
    @Test(arguments: [1, 2, 3]) func `agrees with a dictionary over random label sets`(round: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of identity round \(round): \(seed)")
        var random = SeededRandom(seed: seed)
        var staging = try Staging(seed: seed)
        let pool = (0..<40).map { number -> String in
            let length = Int(random.next() % 24)
            return number == 0
                ? "" : String((0..<length).map { _ in "ab\u{E9}\"".randomElement(using: &random) ?? "a" })
        }
        var model: [Series: Double] = [:]
        for _ in 0..<30 {
            for _ in 0..<100 {
                let values = Staging.labels.map { _ in pool[Int(random.next() % 40)] }
                let amount = Double(random.next() % 5)
                staging.stage(values, amount: amount)
                model[Series(values: values, isOverflow: false), default: 0] += amount
            }
            staging.apply()
        }
        #expect(staging.registry.sums() == model, "seed \(seed)")
    }
}
