import Foundation
import Ledger
import Testing

/// Every call that the store makes to the disk fails once, and the process ends at every sync.
@Suite struct FaultTests {
    /// Every call in the long form, else those of a stride that no structure of the file follows.
    private static let isLong = ProcessInfo.processInfo.environment["SPANMETER_TEST_LONG"] != nil

    @Test(arguments: FaultyDisk.Operation.allCases, ["ioerr", "full"])
    func `a call that fails once leaves nothing wrong, and the step works when it is made again`(
        operation: FaultyDisk.Operation, kind: String
    ) throws {
        let count = try Self.callCount(operation, "forget")
        try #require(count > 0)
        let stride = Self.isLong || count < 100 ? 1 : count / 60 | 1
        for number in Swift.stride(from: 1, through: count, by: stride) {
            let directory = try TemporaryDirectory(small: true)
            let disk = try FaultyDisk(directory, "forget,fail=\(operation):\(number):\(kind)")
            let problem = try Self.run(in: directory, retries: true).problem
            #expect(problem == nil, "\(operation) \(number) of \(count), \(kind)")
            #expect(disk.count(operation) >= number)
        }
    }

    @Test(arguments: [FaultyDisk.Operation.write, .sync, .open, .truncate])
    func `a disk that fails for good leaves what was acknowledged`(operation: FaultyDisk.Operation) throws {
        let count = try Self.callCount(operation, "forget")
        let stride = Self.isLong || count < 50 ? 1 : count / 30 | 1
        for number in Swift.stride(from: 1, through: count, by: stride) {
            let directory = try TemporaryDirectory(small: true)
            var disk: FaultyDisk? = try FaultyDisk(directory, "forget,fail=\(operation):\(number)-:full")
            let outcome = try Self.run(in: directory, retries: false)
            #expect(outcome.problem == nil)
            #expect(disk != nil)
            disk = nil
            let problem = try Self.problem(in: directory, after: outcome)
            #expect(problem == nil, "\(operation) from \(number) of \(count)")
        }
    }

    @Test(arguments: [0, 1, 2, 3])
    func `a crash at any sync loses nothing that was acknowledged`(seed: Int) throws {
        let torn = seed == 0 ? "" : ",torn=\(seed)"
        let count = try Self.callCount(.sync, "forget")
        try #require(count > 20)
        for number in 1...count {
            let directory = try TemporaryDirectory(small: true)
            let problem = try Self.problemAfterCrash(in: directory, "forget,crash=sync:\(number)\(torn)")
            #expect(problem == nil, "sync \(number) of \(count)\(torn)")
        }
    }

    @Test func `a crash between syncs loses nothing that was acknowledged`() throws {
        let count = try Self.callCount(.write, "forget")
        let stride = Self.isLong ? 1 : count / 60 | 1
        for number in Swift.stride(from: 1, through: count, by: stride) {
            let directory = try TemporaryDirectory(small: true)
            let problem = try Self.problemAfterCrash(
                in: directory, "forget,crash=write:\(number),torn=\(number)")
            #expect(problem == nil, "write \(number) of \(count)")
        }
    }

    @Test func `a salvage that finds no space leaves the damaged file for the next start`() throws {
        let directory = try TemporaryDirectory(small: true)
        let open = try OpenStore(directory)
        _ = try open.store.append((1...50).map { .sample($0) })
        let before = open.contents
        open.close()
        try directory.damage("spanmeter.db", at: 30 * 4_096, count: 2_048)
        for plan in ["fail=write:1-:full", "fail=write:5-:full", "fail=write:40-:full", "fail=open:4-:full"] {
            let disk = try FaultyDisk(directory, plan)
            let error = try #require(throws: StoreError.self, "\(plan)") { try OpenStore(directory) }
            #expect(error.isPassing, "\(plan): \(error)")
            #expect(disk.count(.open) > 0)
            #expect(!directory.names.contains { $0.contains("damaged") })
        }
        let after = try open.reopen()
        #expect(after.records.count > 30)
        #expect(before == Recorder())
        #expect(try open.store.notices.count == 1)
    }

    @Test func `a disk that lies about its syncs is noticed by these tests`() throws {
        let count = try Self.callCount(.sync, "forget")
        let directory = try TemporaryDirectory(small: true)
        #expect(try Self.problemAfterCrash(in: directory, "forget,lie,crash=sync:\(count)") != nil)
    }

    /// What a run made sure of, what it left open, and what was wrong already.
    struct Outcome {
        var acknowledged = Recorder()

        /// What the file may have instead: a step failed, and the process may have ended in it.
        var alternatives: [Recorder] = []
        var problem: String?
    }

    private static func callCount(_ operation: FaultyDisk.Operation, _ plan: String) throws -> Int {
        let directory = try TemporaryDirectory(small: true)
        let disk = try FaultyDisk(directory, plan)
        let outcome = try run(in: directory, retries: false)
        #expect(outcome.problem == nil)
        #expect(outcome.alternatives.isEmpty)
        return disk.count(operation)
    }

    /// Runs the script; with `retries` every step that fails must work when it is made again.
    private static func run(in directory: TemporaryDirectory, retries: Bool) throws -> Outcome {
        var outcome = Outcome()
        var open = try opened(directory, retries: retries)
        for (index, step) in Script.steps.enumerated() {
            if Script.reopenings.contains(index) {
                open = nil
                open = try opened(directory, retries: retries)
                if let open, open.contents != outcome.acknowledged {
                    outcome.problem = "opened before '\(step.name)' with other contents"
                }
            }
            guard let open else { return outcome }
            if try !open.store.notices.isEmpty { outcome.problem = "salvaged before '\(step.name)'" }
            do {
                do {
                    try step.run(open.store)
                } catch is StoreError where retries {
                    try step.run(open.store)
                }
                step.model(&outcome.acknowledged)
            } catch let error as StoreError {
                guard !retries else { throw error }
                var alternative = outcome.acknowledged
                step.model(&alternative)
                outcome.alternatives.append(alternative)
                // The numbers of later steps follow from this one.
                return outcome
            }
        }
        open = nil
        if retries { outcome.problem = try outcome.problem ?? problem(in: directory, after: outcome) }
        return outcome
    }

    private static func opened(_ directory: TemporaryDirectory, retries: Bool) throws -> OpenStore? {
        do {
            return try OpenStore(directory)
        } catch let error as StoreError {
            guard error.isPassing else { throw error }
            return retries ? try OpenStore(directory) : nil
        }
    }

    private static func problemAfterCrash(in directory: TemporaryDirectory, _ plan: String) throws -> String?
    {
        var disk: FaultyDisk? = try FaultyDisk(directory, plan)
        let outcome = try run(in: directory, retries: false)
        // The last close makes syncs, too; nothing is opened after it that could fail.
        #expect(disk?.hasCrashed == true)
        disk = nil
        return try outcome.problem ?? problem(in: directory, after: outcome)
    }

    /// Opens on a disk that works: the contents are those acknowledged, or one of the alternatives.
    private static func problem(in directory: TemporaryDirectory, after outcome: Outcome) throws -> String? {
        let open = try OpenStore(directory)
        if try !open.store.notices.isEmpty { return "salvaged: \(try open.store.notices)" }
        guard open.contents == outcome.acknowledged || outcome.alternatives.contains(open.contents) else {
            return "found records \(open.contents.records.keys.sorted()), "
                + "acknowledged \(outcome.acknowledged.records.keys.sorted())"
        }
        let next = try open.store.append([.sample(1)])
        return try open.reopen().records[next.lowerBound] == JournalEntry.sample(1).record
            ? nil : "cannot append"
    }
}
