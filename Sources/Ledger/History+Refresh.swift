internal import MetricModel
internal import Statistics

extension History {
    private static let day: Int64 = 86_400_000
    private static let evidenceLength = 7 * day
    private static let scoredLength = 30 * day

    /// Works out anew what changed since the last time: results, runs, and what left a window.
    ///
    /// Windows of pass ratios end now; what is recent for a state is counted from the newest run of the service, so
    /// that a week without runs heals nothing.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - testCountMax: so many tests at most.
    /// - Returns: whether more are left.
    /// - Complexity: O(runs + results of the changed tests).
    package mutating func refresh(now: Int64, testCountMax: Int = .max) -> Bool {
        moveWindows(to: now)
        if runs.hasMarks { markTestsOfRuns() }
        let isSweeping = sweep(testCountMax: testCountMax)
        let taken = tests.takeDirty(testCountMax)
        for number in taken { workOut(Int(number)) }
        if !taken.isEmpty || !dirtySuites.isEmpty { generation += 1 }
        guard tests.dirty.isEmpty else { return true }
        for suite in dirtySuites {
            findMissing(Int(suite))
            suites.suites[Int(suite)].isDirty = false
        }
        dirtySuites.removeAll(keepingCapacity: true)
        refreshTrials()
        return isSweeping
    }

    /// Marks the runs that are in another window than before.
    private mutating func moveWindows(to now: Int64) {
        guard !services.services.isEmpty else { return }
        let begins = WindowSums.lengths.map { now - $0 }
        var moved = services.services
        for index in moved.indices { moved[index].newestEnd = .min }
        for facts in runs.facts where facts.isInUse && facts.isTracked {
            moved[Int(facts.service)].newestEnd = max(moved[Int(facts.service)].newestEnd, facts.end)
        }
        for index in moved.indices {
            let newest = moved[index].newestEnd == .min ? now : moved[index].newestEnd
            moved[index].evidenceBegin = newest - Self.evidenceLength
            moved[index].scoredBegin = newest - Self.scoredLength
        }
        for slot in runs.facts.indices where runs.facts[slot].isInUse {
            let facts = runs.facts[slot]
            let old = services.services[Int(facts.service)]
            let new = moved[Int(facts.service)]
            let hasMoved =
                (facts.end > old.evidenceBegin) != (facts.end > new.evidenceBegin)
                || (facts.end > old.scoredBegin) != (facts.end > new.scoredBegin)
                || begins.indices.contains { (facts.end > windowBegins[$0]) != (facts.end > begins[$0]) }
            if hasMoved { runs.mark(slot) }
        }
        windowBegins = begins
        services.services = moved
        runWindows.removeAll(keepingCapacity: true)
        for facts in runs.facts {
            runWindows.append(RunWindows(facts, begins, moved[facts.isInUse ? Int(facts.service) : 0]))
        }
    }

    private mutating func markTestsOfRuns() {
        for number in 0..<tests.endNumber
        where tests.results[number].contains(where: { runs.marks[$0.run] }) {
            tests.isOrderSuspect[number] = true
            tests.mark(Int32(number))
        }
        runs.clearMarks()
    }

    /// Works out the figures of a test, and corrects those of its suite.
    private mutating func workOut(_ number: Int) {
        if tests.isOrderSuspect[number] {
            tests.isOrderSuspect[number] = false
            sortResults(of: number)
        }
        let suite = Int(tests.suites[number])
        let old = tests.figures[number]
        suites.suites[suite].remove(old)
        var (new, passes) = collect(number)
        new.isMissing = old.isMissing
        let verdict =
            passes.isAll
            ? StabilityJudge.judgePasses(
                count: passes.count, evidenceCount: durations.count, scoredCount: passes.scoredCount)
            : judge.judge(layOut(number))
        new.state = verdict.state
        new.flipRate = verdict.flipRate ?? .nan
        new.entropy = verdict.entropy ?? .nan
        new.flakiness = verdict.flakiness ?? .nan
        new.streak = Int32(verdict.failureStreak)
        if verdict.failureStreak > 0 {
            new.streakRun = executionRuns[executionRuns.count - verdict.failureStreak]
        }
        new.medianCode = Self.median(&durations)
        tests.figures[number] = new
        suites.suites[suite].add(new)
        markSuite(Int32(suite))
    }

    /// Results that count, as long as all of them are passes.
    private struct Passes {
        var count = 0
        var scoredCount = 0
        var isAll = true
    }

    /// Sums up the windows of a test, and collects its durations.
    private mutating func collect(_ number: Int) -> (TestFigures, Passes) {
        durations.removeAll(keepingCapacity: true)
        var figures = TestFigures()
        var passes = Passes()
        let passed = CaseOutcome.passed.rawValue
        let skipped = CaseOutcome.skipped.rawValue
        let flaky = CaseOutcome.flaky.rawValue
        for word in tests.results[number] {
            let run = runWindows[word.run]
            guard run.isInUse else { continue }
            figures.lastSeen = max(figures.lastSeen, run.end)
            let outcome = word.outcomeNumber
            if outcome == skipped { continue }
            let isBad = outcome != passed && outcome != flaky
            guard word.isInHistory else { continue }
            figures.all.add(isBad, windows: run.windows)
            guard run.isCounted else { continue }
            figures.own.add(isBad, windows: run.windows)
            passes.count += 1
            if run.isScored { passes.scoredCount += 1 }
            if outcome != passed { passes.isAll = false }
            if run.isEvidence { durations.append(word.durationCode) }
        }
        return (figures, passes)
    }

    /// The results of a test that count, for the judge.
    private mutating func layOut(_ number: Int) -> [Execution] {
        executions.removeAll(keepingCapacity: true)
        executionRuns.removeAll(keepingCapacity: true)
        for word in tests.results[number] {
            let run = runWindows[word.run]
            let outcome = word.outcome
            guard run.isInUse, run.isCounted, word.isInHistory, outcome != .skipped else { continue }
            executions.append(
                Execution(
                    isBad: outcome == .failed || outcome == .error, isFlaky: outcome == .flaky,
                    revision: run.revision, day: run.day, isEvidence: run.isEvidence, isScored: run.isScored))
            executionRuns.append(Int32(word.run))
        }
        return executions
    }

    private mutating func sortResults(of number: Int) {
        let runs = runs
        let words = tests.results[number]
        let isSorted = zip(words, words.dropFirst()).allSatisfy { !runs.isBefore($1.run, $0.run) }
        guard !isSorted else { return }
        // Runs of which only some have a sequence are no strict order: insertion ends whatever they are.
        var sorted: [ResultWord] = []
        sorted.reserveCapacity(words.count)
        for word in words {
            var place = sorted.count
            while place > 0, runs.isBefore(word.run, sorted[place - 1].run) { place -= 1 }
            sorted.insert(word, at: place)
        }
        tests.results[number] = sorted
    }

    /// The lower one of the middle codes; −1 for none. Complexity: O(n) on average.
    private static func median(_ codes: inout [UInt16]) -> Int32 {
        guard !codes.isEmpty else { return -1 }
        let wanted = (codes.count - 1) / 2
        var (low, high) = (0, codes.count - 1)
        // Hoare's selection.
        while low < high {
            let pivot = codes[(low + high) / 2]
            var (left, right) = (low, high)
            while left <= right {
                while codes[left] < pivot { left += 1 }
                while codes[right] > pivot { right -= 1 }
                if left <= right {
                    codes.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if wanted <= right {
                high = right
            } else if wanted >= left {
                low = left
            } else {
                break
            }
        }
        return Int32(codes[wanted])
    }
}
