import Bytes
import MetricModel
import Testing

@testable import Ledger

@Suite struct TestedSkillTests {
    /// Cases of a run an hour behind the one before, as pairs of test and skill.
    private static func take(
        _ book: inout RunBook, _ cases: KeyValuePairs<String, String>, service: String = "shop",
        after: Int64 = RunBook.hour
    ) {
        let key = book.run([:], service: service, after: after)
        let results = cases.map { test, skill in
            CaseResult(
                run: key, service: service, environment: "ci", test: test, attempts: .of("P"), end: book.now,
                seconds: 1, busySeconds: 1, trial: CaseTrial(skill: skill))
        }
        book.take(OutcomeBatch(decided: book.now, results: results))
    }

    private static func counts(_ history: History) -> [String: Double?] {
        let rows = history.rows(per: .testedSkill, figures: ["tests"])
        return Dictionary(
            uniqueKeysWithValues: zip(rows.labels, rows.values).map { ($0.joined(separator: " "), $1[0]) })
    }

    private static func look(_ book: inout RunBook, _ since: String?, _ head: String, _ edits: [SkillEdit]) {
        let reading = SkillEditTests.reading(since, head, edits)
        guard let plan = book.history.plan(reading, decided: book.now) else {
            Issue.record("the look began somewhere else")
            return
        }
        book.history.apply(plan)
        book.refresh()
    }

    @Test func `a skill has as many cases as different tests expect it, without any edition`() {
        var book = RunBook()
        for _ in 0..<3 { Self.take(&book, ["TC1": "search", "TC2": "search", "TC3": "create"]) }
        Self.take(&book, ["TC1": "search"], service: "office")
        #expect(
            Self.counts(book.history) == ["shop ci search": 2, "shop ci create": 1, "office ci search": 1])
        // A test that is rewritten for another skill is one of that.
        Self.take(&book, ["TC2": "create"])
        #expect(
            Self.counts(book.history) == ["shop ci search": 1, "shop ci create": 2, "office ci search": 1])
        #expect(book.history.skillCount == 0)
    }

    @Test func `a case counts for a week of runs, however long nobody runs any`() {
        var book = RunBook()
        Self.take(&book, ["TC1": "search", "TC2": "search"])
        book.refresh(after: 20 * RunBook.day)
        #expect(Self.counts(book.history) == ["shop ci search": 2])
        Self.take(&book, ["TC1": "search"])
        #expect(Self.counts(book.history) == ["shop ci search": 1])
        Self.take(&book, ["TC9": "other"], after: 8 * RunBook.day)
        #expect(Self.counts(book.history) == ["shop ci other": 1])
    }

    @Test func `a file of the repository without a test has 0`() {
        var book = RunBook()
        Self.look(
            &book, nil, "h1",
            [
                SkillEditTests.edit(1, .added, skill: "search", path: "a/SKILL.md"),
                SkillEditTests.edit(2, .added, skill: "lonely", path: "b/SKILL.md"),
            ])
        #expect(Self.counts(book.history) == ["skills default search": 0, "skills default lonely": 0])
        Self.take(&book, ["TC1": "search"])
        #expect(Self.counts(book.history) == ["shop ci search": 1, "skills default lonely": 0])
        // What the repository does not have any more needs no test.
        var gone = SkillEditTests.edit(3, .deleted, skill: "lonely", path: "b/SKILL.md")
        gone.blob = nil
        Self.look(&book, "h1", "h2", [gone])
        #expect(Self.counts(book.history) == ["shop ci search": 1])
    }

    @Test func `a skill whose tests were taken away has 0 where its spans came from`() {
        var book = RunBook()
        Self.look(&book, nil, "h1", [SkillEditTests.edit(1, .added, skill: "search")])
        let key = book.run([:])
        book.take(
            OutcomeBatch(
                decided: book.now,
                results: [
                    CaseResult(
                        run: key, service: "shop", environment: "ci", test: "TC1", attempts: .of("P"),
                        end: book.now, seconds: 1, busySeconds: 1,
                        trial: CaseTrial(skill: "search", edition: "e1"))
                ]))
        Self.take(&book, ["TC2": "create"], after: 8 * RunBook.day)
        #expect(Self.counts(book.history) == ["shop ci search": 0, "shop ci create": 1])
    }

    @Test func `a description is read as it was written, and as it was before skills were kept`() throws {
        let description = TestDescription(
            service: "shop", test: "TC1", environment: "ci", suite: "s", file: nil, skill: "search",
            streak: StreakBegin(revision: "r", start: 5))
        #expect(try TestDescription(description.encoded().span.bytes) == description)
        // Version 1: service, test, environment, suite, no file, a streak without a revision.
        let old: [UInt8] = [1, 1, 0x61, 1, 0x62, 1, 0x63, 1, 1, 0x64, 0, 1, 0, 7]
        let read = try TestDescription(old.span.bytes)
        #expect(
            read
                == TestDescription(
                    service: "a", test: "b", environment: "c", suite: "d", file: nil, skill: nil,
                    streak: StreakBegin(revision: nil, start: 7)))
    }
}
