import GRDB
import MetricModel
import SeededRandom
import Testing

@testable import Ledger

@Suite struct InputPatternTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func `inputs that are alike have one label, from whichever case and for good`() {
        var book = InputBook()
        #expect(book.fail("show me the open invoices of march") == "input-1")
        #expect(book.fail("please restart the staging server") == "input-2")
        #expect(book.fail("Show me the open invoices of june") == "input-1")
        #expect(book.fail("show me the open invoices of may 4711") == "input-1")
        #expect(book.fail("please restart the staging servers") == "input-2")
        #expect(book.words == ["input-1": "invoices open the", "input-2": ""])
        // Another service, or environment, has its own.
        #expect(book.fail("please restart the staging server", service: "office") == "input-3")
        #expect(book.history.inputPatternCount == 3)
    }

    @Test(arguments: ["P", "X", "s"] as [Character])
    func `an input of what did not fail is not counted`(outcome: Character) {
        var book = InputBook()
        #expect(book.take("show me the open invoices of march", outcome) == nil)
        #expect(book.history.inputPatternCount == 0)
    }

    @Test func `a word is told once three different inputs have it, and not before`() {
        var book = InputBook()
        for name in ["jonas", "jonas", "JONAS", "jonas?"] {
            _ = book.fail("please tell \(name) what is still open for march")
        }
        _ = book.fail("please tell amira what is still open for march")
        #expect(book.words == ["input-1": ""])
        _ = book.fail("please tell me what is still open for march")
        #expect(book.words == ["input-1": "for march open please"])
        #expect(!"\(book.history.inputs)".contains("jonas") && !"\(book.history.inputs)".contains("amira"))
    }

    @Test func `words that all patterns have say nothing of one`() {
        var book = InputBook()
        for month in ["march", "april", "may", "june"] {
            _ = book.fail("show me the paid invoices of \(month)")
            _ = book.fail("show me the weather report of \(month)")
        }
        #expect(book.words.values.sorted() == ["invoices paid show the", "report weather show the"])
    }

    @Test func `fifty patterns of a service are labels, a hundred are known, the rest is other`() {
        var book = InputBook()
        let labels = (0..<150).map { book.fail(InputBook.unlike($0)) }
        #expect(labels.prefix(50) == ArraySlice((1...50).map { "input-\($0)" }))
        #expect(Set(labels.dropFirst(50)) == ["other"])
        #expect(book.history.inputPatternCount == InputTable.ownedCountMax)
        #expect(book.words.count == InputTable.labelledCountMax)
        // The commonest are labels, whenever they came.
        for _ in 0..<3 { _ = book.fail(InputBook.unlike(90)) }
        #expect(book.fail(InputBook.unlike(90)) == "input-91")
        #expect(book.words["input-91"] != nil && book.words["input-50"] == nil)
        // What was not seen for a week gives way, the rarest first; no label is given to two.
        book.pass(8 * RunBook.day)
        #expect(book.fail(InputBook.unlike(140)) == "other")
        #expect(book.history.inputs.clusters.contains { $0?.serial == 101 })
        #expect(book.history.inputPatternCount == InputTable.ownedCountMax)
        #expect(book.fail(InputBook.unlike(90)) == "input-91")
    }

    @Test func `the clusters of all services are bounded`() throws {
        var table = InputTable()
        let input = try #require(InputText(Array("nothing like it".utf8))?.sketch)
        func add(_ service: String) -> Int32? {
            let owner = InputCluster.Owner(service: ExactText(service), environment: ExactText("ci"))
            // Of nobody's clusters any is near, so that each input makes one.
            var own: [Int32] = []
            return table.add(input, owner, own: &own, at: 1, decided: 1, InputWords())
        }
        for number in 0..<InputTable.countMax { #expect(add("s\(number % 30)") == Int32(number)) }
        #expect(add("s1") == nil)
        table.remove(77)
        #expect(add("s1") == 77 && table.clusters[77]?.serial == Int64(InputTable.countMax) + 1)
    }

    @Test func `a pattern of long inputs takes less than 4 KB`() throws {
        var book = InputBook()
        var random = SeededRandom(seed: 9)
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let words = (0..<60).map { _ in String((0..<20).map { _ in random.pick(letters) }) }
        for _ in 0..<300 { _ = book.fail(words.shuffled(using: &random).joined(separator: " ")) }
        let cluster = try #require(book.history.inputs.clusters.first ?? nil)
        #expect(cluster.words.count == 60 && cluster.words.allSatisfy { $0.text != nil })
        #expect(cluster.encoded().count < 4_000)
        #expect(book.words["input-1"]?.split(separator: " ").count == 4)
    }

    @Test func `patterns leave with the sums of their days, and their labels do not come back`() throws {
        var book = InputBook()
        _ = book.fail("show me the open invoices of march")
        book.pass(91 * RunBook.day)
        let removal = try #require(
            book.history.planExpiry(
                now: book.now, retention: 30 * RunBook.day, dailyRetention: 90 * RunBook.day))
        book.history.apply(removal)
        #expect(book.history.inputPatternCount == 0)
        #expect(book.fail("show me the open invoices of march") == "input-2")
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a restart at any place changes no label, and the file has no word of a single input`(seed: UInt64)
        throws
    {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var book = InputBook()
        var other = InputBook()
        var secrets: Set<String> = []
        let open = try OpenStore(directory)
        for step in 0..<120 {
            let secret = "zq\(InputBook.unlike(step + Int(seed) * 1_000).split(separator: " ")[0])"
            var text = random.pick(InputBook.sentences)
            if random.once(in: 2) {
                text += " \(secret)"
                secrets.insert(secret)
            }
            let service = random.pick(["shop", "office"])
            let outcome: Character = random.once(in: 4) ? "P" : "F"
            let label = book.take(text, outcome, service: service)
            #expect(other.take(text, outcome, service: service) == label, "seed \(seed) step \(step)")
            let plan = try #require(book.plans.last)
            _ = try open.store.append([.sample(step)]) { db in try plan.write(db) }
            guard random.once(in: 10) else { continue }
            var loader = HistoryLoader()
            try Store.read(directory: directory.path, loading: &loader)
            let loaded = loader.finish()
            #expect(loaded.inputs.clusters == book.history.inputs.clusters, "seed \(seed) step \(step)")
            #expect(loaded.lostRowCount == 0)
            book.restart(loaded)
        }
        open.close()
        #expect(book.words == other.words)
        #expect(book.words.values.contains { !$0.isEmpty })
        #expect(!secrets.isEmpty)
        for name in directory.names {
            for secret in secrets {
                #expect(try !directory.has(secret, in: name), "\(secret) is in \(name), seed \(seed)")
            }
        }
    }

    @Test func `rows that are damaged are lost and crash nothing`() throws {
        var book = InputBook()
        for text in InputBook.sentences { for _ in 0..<3 { _ = book.fail(text) } }
        let cluster = try #require(book.history.inputs.clusters.first ?? nil)
        let bytes = cluster.encoded()
        #expect(try InputCluster(bytes.span.bytes) == cluster)
        for count in 0..<bytes.count {
            #expect(throws: (any Error).self) { try InputCluster(Array(bytes[..<count]).span.bytes) }
        }
        var random = SeededRandom(seed: 5)
        for _ in 0..<2_000 {
            var altered = bytes
            altered[random.below(altered.count)] = UInt8(random.below(256))
            var history = History()
            history.load(LedgerRow(.inputPattern(Int64(random.below(5_000)), image: altered)))
        }
        var history = History()
        history.load(LedgerRow(.inputPattern(9_999_999, image: bytes)))
        history.load(LedgerRow(.inputPattern(-1, image: bytes)))
        #expect(history.lostRowCount == 2 && history.inputPatternCount == 0)
    }
}

/// A history that takes one case after the other.
struct InputBook {
    var history = History()
    private(set) var now: Int64 = 1_795_000_000_000
    private(set) var plans: [LedgerPlan] = []
    private var known = InputWords()

    static let sentences = [
        "show me the open invoices of march", "show me the open invoices of june",
        "show me all the open invoices of july", "please restart the staging server",
        "please restart the staging server now", "please restart the staging servers",
        "who is on call this week", "who is on call this weekend", "who is on call next week",
        "translate this page into english",
    ]

    mutating func fail(_ text: String, service: String = "shop") -> String? {
        take(text, "F", service: service)
    }

    /// The label that a case of such an outcome gets.
    mutating func take(_ text: String, _ outcome: Character, service: String = "shop") -> String? {
        now += 60_000
        let input = InputText(Array(text.utf8))
        known.add(input?.words ?? [:])
        let result = CaseResult(
            run: RunKey("run"), service: service, environment: "ci", test: "t", attempts: .of(outcome),
            end: now,
            seconds: 1, busySeconds: 1, occurrence: plans.count, input: input?.sketch)
        let plan = history.plan(OutcomeBatch(decided: now, results: [result]), words: known)
        plans.append(plan)
        history.apply(plan)
        return plan.inputLabels.first ?? nil
    }

    mutating func pass(_ milliseconds: Int64) { now += milliseconds }

    /// What was in memory alone is gone.
    mutating func restart(_ loaded: History) {
        history = loaded
        known = InputWords()
    }

    /// The words of each label that is shown.
    var words: [String: String] {
        let rows = history.rows(per: .inputPattern, figures: ["info"])
        return Dictionary(uniqueKeysWithValues: rows.labels.map { ($0[2], $0[3]) })
    }

    /// Texts of which no two are alike.
    static func unlike(_ number: Int) -> String {
        var random = SeededRandom(seed: UInt64(number) &* 7_919 &+ 3)
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return (0..<6).map { _ in String((0..<7).map { _ in random.pick(letters) }) }.joined(separator: " ")
    }
}
