internal import MetricModel

extension History {
    /// What of the ledger is over: results of runs that ended before `retention`, tests without results; sums,
    /// patterns, experiments and skills of before `dailyRetention`. Nil where nothing is.
    ///
    /// Runs leave with their parts; what they add up to stays as sums of their day.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - retention: milliseconds, as the next.
    ///   - rowCountMax: about so many rows are deleted; the caller comes again until there is nothing.
    /// - Complexity: O(runs + patterns).
    package func planExpiry(
        now: Int64, retention: Int64, dailyRetention: Int64, rowCountMax: Int = 256
    ) -> LedgerPlan? {
        let sumsEnd = now - max(retention, dailyRetention)
        var removal = LedgerRemoval(firstDay: sumsEnd / 86_400_000)
        expireRuns(before: now - retention, rowCountMax: rowCountMax, &removal)
        removal.tests = Array(
            emptyTests.filter { tests.results[Int($0)].isEmpty }.prefix(rowCountMax))
        for (index, entry) in patterns.entries.enumerated() {
            if let entry, entry.last < sumsEnd, removal.patterns.count < rowCountMax {
                removal.patterns.append(Int32(index))
            }
        }
        for (index, cluster) in inputs.clusters.enumerated() {
            if let cluster, cluster.last < sumsEnd { removal.inputs.append(Int32(index)) }
        }
        // One at a time: it has thousands of cases.
        removal.trials = Array(
            trials.records.indices.lazy.filter { trials.records[$0].map { $0.last < sumsEnd } ?? false }
                .prefix(1).map { Int32($0) })
        guard !removal.isEmpty else { return nil }
        var plan = LedgerPlan(decided: now)
        plan.removal = removal
        return plan
    }

    /// Whole runs, oldest slots first.
    private func expireRuns(before cutoff: Int64, rowCountMax: Int, _ removal: inout LedgerRemoval) {
        var ends: [Int32: Int64] = [:]
        for facts in runs.facts where facts.isInUse {
            ends[facts.root] = max(ends[facts.root] ?? .min, facts.end)
        }
        let over = ends.filter { $0.value < cutoff }.keys.sorted()
        var rowCount = 0
        var chosen: Set<Int32> = []
        for root in over where rowCount < rowCountMax {
            // A chunk of results has up to a thousand.
            rowCount += 2 + runs.totals[Int(root)].ranCount / 500
            chosen.insert(root)
        }
        guard !chosen.isEmpty else { return }
        var days: [[String]: LedgerRemoval.Day] = [:]
        for (slot, facts) in runs.facts.enumerated() where facts.isInUse && chosen.contains(facts.root) {
            guard let record = runs.records[slot] else { continue }
            removal.runs.append(Int32(slot))
            let number = record.end / 86_400_000
            let key = ["\(number)", record.service, record.environment]
            var day =
                days[key]
                ?? LedgerRemoval.Day(day: number, service: record.service, environment: record.environment)
            if facts.root == slot { day.runCount += 1 }
            day.counts += record.counts
            days[key] = day
        }
        removal.days = days.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { days[$0] }
    }

    mutating func apply(_ removal: LedgerRemoval) {
        runs.retire(removal.runs)
        for pattern in removal.patterns { patterns.remove(pattern) }
        for trial in removal.trials { trials.remove(trial) }
        for input in removal.inputs { inputs.remove(input) }
        for test in removal.tests {
            leaveSuite(test)
            tests.remove(test)
        }
        let gone = Set(removal.tests)
        emptyTests.removeAll { gone.contains($0) }
    }

    /// Drops results of runs that are gone from the next `testCountMax` tests; frees the runs' slots once it was
    /// everywhere.
    ///
    /// - Returns: whether tests are left.
    mutating func sweep(testCountMax: Int) -> Bool {
        guard !runs.retired.isEmpty else { return false }
        if sweepPlace == 0 {
            sweptRuns = runs.retired
            emptyTests.removeAll { !tests.results[Int($0)].isEmpty }
        }
        let end = sweepPlace + min(testCountMax, tests.endNumber - sweepPlace)
        for number in sweepPlace..<end where tests.names[number] != nil {
            guard tests.results[number].contains(where: { !runs.facts[$0.run].isInUse }) else { continue }
            tests.results[number].removeAll { !runs.facts[$0.run].isInUse }
            tests.mark(Int32(number))
            if tests.results[number].isEmpty { emptyTests.append(Int32(number)) }
        }
        sweepPlace = end
        guard end == tests.endNumber else { return true }
        runs.free(sweptRuns)
        sweepPlace = 0
        return !runs.retired.isEmpty
    }
}
