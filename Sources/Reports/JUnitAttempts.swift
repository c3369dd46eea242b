import MetricModel

/// Tells attempts from cases among `testcase` elements.
enum JUnitAttempts {
    /// The cases in the order of their first elements.
    ///
    /// - Parameter repeatsAreReruns: whether elements of the same name are always executions of one case, of which
    ///   only the last says how it went; else only those behind a failure.
    static func cases(of elements: [JUnitReport.Element], repeatsAreReruns: Bool) -> [Report.Case] {
        var cases: [Report.Case] = []
        for group in groups(of: elements) {
            let runs = repeatsAreReruns ? [joined(group)] : separate(group)
            for (occurrence, attempts) in runs.enumerated() {
                let first = group[0]
                cases.append(
                    Report.Case(
                        test: first.test, suite: first.suite, file: first.file, attempts: attempts.attempts,
                        end: attempts.end, occurrence: occurrence))
            }
        }
        return cases
    }

    private typealias Run = (attempts: [Report.Attempt], end: Int64?)

    private struct Key: Hashable {
        let suite: String?
        let test: String
    }

    private static func groups(of elements: [JUnitReport.Element]) -> [[JUnitReport.Element]] {
        var numbers: [Key: Int] = [:]
        var groups: [[JUnitReport.Element]] = []
        for element in elements {
            let key = Key(suite: element.suite, test: element.test)
            if let number = numbers[key] {
                groups[number].append(element)
            } else {
                numbers[key] = groups.count
                groups.append([element])
            }
        }
        return groups
    }

    /// A failed body and an error in its tear-down come as two elements of one execution; reruns that another
    /// process reported come without a word on how they went, and would not have been repeated had they passed.
    private static func joined(_ group: [JUnitReport.Element]) -> Run {
        var attempts: [Report.Attempt] = []
        for element in group {
            let own = self.attempts(of: element)
            if own.last?.outcome == .error, attempts.last?.outcome == .failed {
                attempts[attempts.count - 1].seconds += own.last?.seconds ?? 0
                continue
            }
            attempts += own
        }
        for number in attempts.indices.dropLast() where !attempts[number].outcome.isBad {
            attempts[number].outcome = .failed
        }
        return (attempts, group.last?.end)
    }

    /// An execution behind a failed one is another attempt; behind any other it is another case of that name.
    private static func separate(_ group: [JUnitReport.Element]) -> [Run] {
        var runs: [Run] = []
        for element in group {
            let own = attempts(of: element)
            if let last = runs.last?.attempts.last, last.outcome.isBad {
                runs[runs.count - 1].attempts += own
                runs[runs.count - 1].end = element.end
            } else {
                runs.append((own, element.end))
            }
        }
        return runs
    }

    /// Failures before a pass, or one failure and its reruns, or one execution.
    private static func attempts(of element: JUnitReport.Element) -> [Report.Attempt] {
        let findings = element.findings
        let flaky = findings.filter { $0.kind == .flakyFailure || $0.kind == .flakyError }
        let reruns = findings.filter { $0.kind == .rerunFailure || $0.kind == .rerunError }
        let own =
            findings.first { $0.kind == .failure } ?? findings.first { $0.kind == .error }
            ?? findings.first { $0.kind == .skipped }
        var attempts = flaky.map { attempt($0) }
        if let own {
            attempts.append(attempt(own))
            attempts += reruns.map { attempt($0) }
        } else {
            attempts += reruns.map { attempt($0) }
            let outcome: Outcome = element.isLeftOut ? .skipped : .passed
            if reruns.isEmpty { attempts.append(Report.Attempt(outcome: outcome, seconds: 0)) }
        }
        attempts[attempts.count - 1].seconds = element.seconds
        return attempts
    }

    private static func attempt(_ finding: JUnitReport.Finding) -> Report.Attempt {
        Report.Attempt(
            outcome: finding.kind.outcome, seconds: 0,
            failure: finding.kind == .skipped ? nil : finding.failure)
    }
}
