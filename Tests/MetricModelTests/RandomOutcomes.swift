import MetricModel
import SeededRandom

/// Batches of every shape, the same for the same seed.
struct RandomOutcomes {
    private var random: SeededRandom

    static func batch(seed: UInt64) -> OutcomeBatch {
        var outcomes = RandomOutcomes(random: SeededRandom(seed: seed))
        return outcomes.batch()
    }

    private mutating func batch() -> OutcomeBatch {
        var batch = OutcomeBatch(
            decided: integer(), hasMore: below(2) == 0)
        for _ in 0..<below(4) { batch.runs.append(run()) }
        for _ in 0..<below(20) { batch.results.append(result()) }
        for _ in 0..<below(4) {
            batch.workers.append(
                WorkerShare(
                    run: key(), service: text(), environment: text(), name: text(), busySeconds: seconds()))
        }
        return batch
    }

    private mutating func run() -> RunChange {
        RunChange(
            key: key(), root: below(2) == 0 ? nil : key(), service: text(), environment: text(),
            revision: textOrNone(), branch: textOrNone(), sequence: below(2) == 0 ? nil : integer(),
            start: integer(), end: integer(),
            ended: below(2) == 0 ? nil : RunOutcome.allCases.randomElement(using: &random),
            wasEnded: below(2) == 0)
    }

    private mutating func result() -> CaseResult {
        CaseResult(
            run: key(), service: text(), environment: text(), test: text(), suite: textOrNone(),
            file: textOrNone(), worker: textOrNone(), attempts: attempts(), end: integer(),
            seconds: seconds(), busySeconds: seconds(), isInHistory: below(2) == 0, isCounted: below(2) == 0,
            occurrence: below(3),
            origin: below(2) == 0
                ? nil : CaseOrigin(trace: random.next(), traceLow: random.next(), span: random.next()),
            revises: below(4) == 0 ? attempts() : nil, trial: below(2) == 0 ? nil : trial(),
            input: below(2) == 0
                ? nil : InputText(Array("what is \(random.pick(["open", "due", "late"]))".utf8))?.sketch)
    }

    private mutating func trial() -> CaseTrial {
        CaseTrial(
            experiment: textOrNone(), variant: textOrNone(), skill: textOrNone(), edition: textOrNone(),
            cost: below(2) == 0 ? nil : seconds(), tokens: below(2) == 0 ? nil : seconds(),
            latency: below(2) == 0 ? nil : seconds())
    }

    private mutating func attempts() -> [CaseAttempt] {
        (0...below(3)).map { _ in
            CaseAttempt(
                outcome: Outcome.allCases.randomElement(using: &random) ?? .passed, seconds: seconds(),
                pattern: textOrNone())
        }
    }

    private mutating func below(_ bound: Int) -> Int { random.below(bound) }
    private mutating func integer() -> Int64 { Int64(bitPattern: random.next()) }
    private mutating func seconds() -> Double {
        below(2) == 0 ? Double(below(9)) : Double(below(1_000_000)) / 997
    }
    private mutating func text() -> String {
        ["", "shop", "ci", "tests/test_é.py::test_x", "\u{0}"][below(5)]
    }
    private mutating func textOrNone() -> String? { below(2) == 0 ? nil : text() }
    private mutating func key() -> RunKey { RunKey(bytes: (0..<below(9)).map { _ in UInt8(below(256)) }) }
}
