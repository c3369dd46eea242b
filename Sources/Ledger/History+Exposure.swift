internal import Statistics

extension History {
    /// The tests that have figures of their own, by number: broken, flaky, missing and new ones first, then the
    /// slowest.
    ///
    /// - Complexity: O(tests).
    func exposedTests() -> [Int] {
        let countMax = options.exposedTestCountMax
        let present = (0..<tests.endNumber).filter { tests.names[$0] != nil }
        guard present.count > countMax else { return present }
        // By urgency; the last one is sorted by duration.
        var classes = [[Int]](repeating: [], count: 5)
        for number in present { classes[urgency(number)].append(number) }
        var exposed: [Int] = []
        for numbers in classes.dropLast() { exposed += numbers.prefix(countMax - exposed.count) }
        exposed += slowest(classes[4], countMax: countMax - exposed.count)
        return exposed.sorted()
    }

    private func urgency(_ number: Int) -> Int {
        let figures = tests.figures[number]
        return switch figures.state {
        case .broken: 0
        case .flaky: 1
        case _ where figures.isMissing: 2
        case .new: 3
        default: 4
        }
    }

    /// The slowest of `numbers`, on ties the first ones.
    private func slowest(_ numbers: [Int], countMax: Int) -> [Int] {
        guard numbers.count > countMax else { return numbers }
        guard countMax > 0 else { return [] }
        // How many have which duration; −1 is none.
        var counts = [Int32](repeating: 0, count: (1 << 16) + 1)
        for number in numbers { counts[Int(tests.figures[number].medianCode) + 1] += 1 }
        var code = counts.count - 1
        var above = 0
        while above + Int(counts[code]) <= countMax, code > 0 {
            above += Int(counts[code])
            code -= 1
        }
        var ties = countMax - above
        return numbers.filter { number in
            let own = Int(tests.figures[number].medianCode) + 1
            if own != code { return own > code }
            ties -= 1
            return ties >= 0
        }
    }
}
