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
        return isSweeping
    }

    /// Marks the runs that are in another window than before.
    private mutating func moveWindows(to now: Int64) {
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
        var new = collect(number)
        new.isMissing = old.isMissing
        let verdict = judge.judge(executions)
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

    /// Sums up the windows of a test, and lays out for the judge what counts.
    private mutating func collect(_ number: Int) -> TestFigures {
        executions.removeAll(keepingCapacity: true)
        executionRuns.removeAll(keepingCapacity: true)
        durations.removeAll(keepingCapacity: true)
        let service = services.services[Int(tests.services[number])]
        let (day, week, month) = (windowBegins[0], windowBegins[1], windowBegins[2])
        var figures = TestFigures()
        for word in tests.results[number] {
            let facts = runs.facts[word.run]
            guard facts.isInUse else { continue }
            figures.lastSeen = max(figures.lastSeen, facts.end)
            let outcome = word.outcome
            if outcome == .skipped { continue }
            let isBad = outcome == .failed || outcome == .error
            let windows = SIMD4<Int32>(
                facts.end > day ? 1 : 0, facts.end > week ? 1 : 0, facts.end > month ? 1 : 0, 0)
            figures.all.add(isBad, windows: windows)
            guard word.isInHistory, facts.isTracked, !facts.isInfrastructureFailure else { continue }
            figures.own.add(isBad, windows: windows)
            let isEvidence = facts.end > service.evidenceBegin
            executions.append(
                Execution(
                    isBad: isBad, isFlaky: outcome == .flaky, revision: facts.revision, day: facts.day,
                    isEvidence: isEvidence, isScored: facts.end > service.scoredBegin))
            executionRuns.append(Int32(word.run))
            if isEvidence { durations.append(word.durationCode) }
        }
        return figures
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
