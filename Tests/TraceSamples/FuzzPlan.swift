import Foundation

/// How long a fuzz test runs and from which seed: a few hundred cases, or SPANMETER_FUZZ_SECONDS.
///
/// Case n has the seed `seed + n`: the seed of a case in the log, as SPANMETER_FUZZ_SEED, starts with it.
package struct FuzzPlan: Sendable {
    /// The seed of the first case.
    package let seed: UInt64
    private let seconds: Double?
    private let caseCount: Int
    private let name: String

    /// Long runs say where they are this often, so that a crash is found again soon.
    private static let casesPerReport = 5_000

    /// - Parameters:
    ///   - name: what the log calls the test.
    ///   - caseCount: how many cases the short form has.
    package init(_ name: String, caseCount: Int) {
        self.name = name
        self.caseCount = caseCount
        let environment = ProcessInfo.processInfo.environment
        seconds = environment["SPANMETER_FUZZ_SECONDS"].flatMap(Double.init)
        seed =
            environment["SPANMETER_FUZZ_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max / 2)
    }

    /// Runs `body` with one seed after another; returns how many cases there were.
    @discardableResult
    package func run(_ body: (UInt64) throws -> Void) rethrows -> Int {
        print("\(name): SPANMETER_FUZZ_SEED=\(seed)")
        let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
        var number = 0
        while deadline.map({ ContinuousClock.now < $0 }) ?? (number < caseCount) {
            let caseSeed = seed &+ UInt64(number)
            if seconds != nil, number % Self.casesPerReport == 0 {
                print("\(name): case \(number), SPANMETER_FUZZ_SEED=\(caseSeed)")
            }
            try body(caseSeed)
            number += 1
        }
        return number
    }
}
