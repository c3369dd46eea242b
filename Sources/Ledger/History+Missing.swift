internal import MetricModel

extension History {
    /// How many runs before the last one say what belongs to a suite.
    private static let earlierRunCount = 5

    /// Works out which tests of a suite are missing: seen, be it as skipped, in one of the five runs before the last
    /// one, and not in that. Runs are those that ended, count for states, and had a test of the suite.
    ///
    /// - Complexity: O(members), unless there are many runs that do not count.
    mutating func findMissing(_ number: Int) {
        let members = suites.suites[number].members
        var newest: [Int] = []
        for test in members {
            for word in tests.results[Int(test)].reversed() {
                guard let root = countedRoot(of: word), !newest.contains(root) else { continue }
                let place = newest.firstIndex { runs.isBefore($0, root) } ?? newest.count
                // Older than all that are wanted: so are the test's other runs.
                if place > Self.earlierRunCount { break }
                newest.insert(root, at: place)
                if newest.count > Self.earlierRunCount + 1 { newest.removeLast() }
            }
        }
        for test in members {
            let isMissing = isMissing(Int(test), in: newest)
            guard tests.figures[Int(test)].isMissing != isMissing else { continue }
            suites.suites[number].remove(tests.figures[Int(test)])
            tests.figures[Int(test)].isMissing = isMissing
            suites.suites[number].add(tests.figures[Int(test)])
            generation += 1
        }
    }

    /// - Parameter newest: roots of the suite's last runs, newest first.
    private func isMissing(_ test: Int, in newest: [Int]) -> Bool {
        guard let last = newest.first, let oldest = newest.last else { return false }
        var wasSeen = false
        for word in tests.results[test].reversed() {
            guard let root = countedRoot(of: word) else { continue }
            if root == last { return false }
            if newest.contains(root) { wasSeen = true }
            if runs.isBefore(root, oldest) { break }
        }
        return wasSeen
    }

    /// The run that a result belongs to, parts added up, where that ended and counts for states.
    private func countedRoot(of word: ResultWord) -> Int? {
        let facts = runs.facts[word.run]
        guard facts.isInUse, facts.isTracked, facts.hasEnded, !facts.isInfrastructureFailure else {
            return nil
        }
        return Int(facts.root)
    }
}
