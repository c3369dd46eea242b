import Bytes
import MetricModel
import SeededRandom
import Testing

@testable import Ledger

@Suite struct SkillEditTests {
    static let source = "/repo\n**/SKILL.md"

    static func edit(
        _ number: Int, _ kind: SkillEdit.Kind = .changed, skill: String = "search",
        path: String = "a/SKILL.md"
    ) -> SkillEdit {
        var edit = SkillEdit(
            kind, skill: skill, path: path, blob: blob(number), blobBefore: blob(number - 1),
            digest: "d" + blob(number), commit: "c\(number)", time: Int64(number) * 1_000)
        edit.diff = "@@\n-\(number - 1)\n+\(number)\n"
        return edit
    }

    static func blob(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "a", count: 40 - digits.utf8.count) + digits
    }

    static func reading(_ since: String?, _ head: String, _ edits: [SkillEdit]) -> SkillReading {
        var reading = SkillReading(since: SkillPlace(source: source, head: since), head: head)
        reading.edits = edits
        return reading
    }

    @Test func `what was before the first look is kept and not counted`() throws {
        var history = History()
        let plan = try #require(
            history.plan(Self.reading(nil, "h1", [Self.edit(1), Self.edit(2)]), decided: 5_000))
        #expect(plan.skillChanges == [])
        history.apply(plan)
        #expect(history.editCount == 2)
        #expect(history.skillPlace(of: Self.source).head == "h1")
        #expect(history.skillPlace(of: Self.source).files["a/SKILL.md"]?.blob == Self.blob(2))
        while history.refresh(now: 5_000) {}
        let report = try #require(history.skillReports().first)
        #expect((report.service, report.changeCount, report.lastChange) == ("skills", 0, 2_000))
        // Another look at the same is none.
        #expect(history.plan(Self.reading(nil, "h1", [Self.edit(1)]), decided: 6_000) == nil)
    }

    @Test func `a change is counted for who stands in where nobody sends spans of the skill`() throws {
        var history = History(
            HistoryOptions(skillOwner: .init(service: "agents", environment: "ci")))
        history.apply(try #require(history.plan(Self.reading(nil, "h1", []), decided: 1)))
        let edits = [Self.edit(1, .added), Self.edit(2), Self.edit(3, .deleted), Self.edit(4, .moved)]
        let plan = try #require(history.plan(Self.reading("h1", "h2", edits), decided: 9_000))
        #expect(
            plan.skillChanges == [
                SkillChange(service: "agents", environment: "ci", skill: "search", end: 2_000)
            ])
        // A commit of the future is of now.
        history.apply(plan)
        let late = try #require(history.plan(Self.reading("h2", "h3", [Self.edit(50)]), decided: 9_000))
        #expect(late.skillChanges.map(\.end) == [9_000])
    }

    @Test func `changes of one file are bounded, and its last one stays`() throws {
        var history = History()
        history.apply(try #require(history.plan(Self.reading(nil, "h0", []), decided: 1)))
        for number in 1...60 {
            let plan = history.plan(
                Self.reading("h\(number - 1)", "h\(number)", [Self.edit(number)]), decided: 100_000)
            history.apply(try #require(plan))
        }
        #expect(history.editCount == SkillEdits.editCountMax)
        #expect(history.skillPlace(of: Self.source).files["a/SKILL.md"]?.blob == Self.blob(60))
        var edits = SkillEdits()
        let many = (1...SkillEdits.totalCountMax).map {
            KeptEdit(number: Int64($0), edit: Self.edit($0, path: "p\($0 % 200)"))
        }
        edits.apply(PlannedEdits(source: Self.source, head: "h", edits: many), hasDiff: false)
        let gone = edits.overflow([KeptEdit(number: 1 << 20, edit: Self.edit(7, path: "new"))])
        #expect(gone == [1])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `an edit is read as it was written, and any bytes give one or an error`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var edit = Self.edit(
            Int.random(in: 0...999, using: &random),
            SkillEdit.Kind.allCases.randomElement(using: &random) ?? .added)
        if Bool.random(using: &random) { edit.blob = nil }
        if Bool.random(using: &random) { edit.blobBefore = nil }
        if Bool.random(using: &random) { edit.digest = nil }
        if Bool.random(using: &random) { edit.pathBefore = "b/SKILL.md" }
        edit.isDiffCut = Bool.random(using: &random)
        var kept = KeptEdit(number: 7, edit: edit)
        kept.isUnowned = Bool.random(using: &random)
        for number in 0..<Int.random(in: 0...3, using: &random) {
            kept.counted.append(.init(service: "s\(number)", environment: "e"))
        }
        let bytes = kept.encoded()
        #expect(try KeptEdit(7, bytes.span.bytes) == kept)
        for _ in 0..<200 {
            var damaged = bytes
            damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(
                in: 0...255, using: &random)
            damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random))
            _ = try? KeptEdit(7, damaged.span.bytes)
        }
    }

    /// Commits, looks and cases in any order: cases run with what was committed last when they were deployed.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `each change is counted once, whoever tells of it first`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var history = History()
        var (version, looked, running, now) = (0, 0, 0, Int64(1_000_000))
        var times: [Int64] = []
        var counts: [String: Int] = [:]
        func take(_ plan: LedgerPlan) {
            for change in plan.skillChanges { counts[change.service, default: 0] += 1 }
            history.apply(plan)
        }
        func look() throws {
            var edits = (looked..<version).map { Self.edit($0 + 1) }
            for place in edits.indices { edits[place].time = times[looked + place] }
            let reading = Self.reading("h\(looked)", "h\(version)", edits)
            take(try #require(history.plan(reading, decided: now)))
            looked = version
        }
        func run(_ service: String) {
            let edition = service == "shop" ? Self.blob(running) : "sha256:d" + Self.blob(running)
            let result = CaseResult(
                run: RunKey("run \(now)"), service: service, environment: "ci", test: "t",
                attempts: .of("P"), end: now, seconds: 1, busySeconds: 1,
                trial: CaseTrial(skill: "search", edition: edition))
            let run = RunChange(
                key: result.run, service: service, environment: "ci", start: now, end: now, ended: .passed)
            take(history.plan(OutcomeBatch(decided: now, results: [result], runs: [run])))
        }
        take(try #require(history.plan(Self.reading(nil, "h0", [Self.edit(0, .added)]), decided: now)))
        run("shop")
        run("bank")
        for _ in 0..<60 {
            now += 1_000
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                version += 1
                times.append(now)
            case 1: if looked < version { try look() }
            case 2: running = version
            case 3: run("shop")
            default: run("bank")
            }
        }
        now += 1_000
        if looked < version { try look() }
        running = version
        now += 1_000
        run("shop")
        run("bank")
        #expect(counts == (version == 0 ? [:] : ["shop": version, "bank": version]))
        while history.refresh(now: now) {}
        for report in history.skillReports() {
            #expect(report.changeCount == version)
            // It was when it was committed, not when a case first ran with it.
            #expect(report.lastChange == times.last ?? 0)
        }
    }
}
