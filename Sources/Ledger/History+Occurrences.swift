package import MetricModel

extension History {
    /// How many results each test has in each of some runs, as far as their occurrences tell.
    ///
    /// Complexity: O(results).
    package func resultCounts(in keys: [RunKey]) -> [(run: RunKey, test: String, count: Int)] {
        var keysBySlot: [Int: RunKey] = [:]
        for key in keys {
            if let slot = runs.slot(of: key) { keysBySlot[Int(slot)] = key }
        }
        if keysBySlot.isEmpty { return [] }
        var found: [(run: RunKey, test: String, count: Int)] = []
        for number in 0..<tests.endNumber {
            guard let test = tests.names[number] else { continue }
            var counts: [Int: Int] = [:]
            for word in tests.results[number] where keysBySlot[word.run] != nil {
                counts[word.run] = max(counts[word.run] ?? 0, word.occurrence + 1)
            }
            for (slot, count) in counts {
                if let key = keysBySlot[slot] { found.append((key, test, count)) }
            }
        }
        return found
    }
}
