import MetricModel
import SeededRandom
import Testing

@Suite struct InputSketchTests {
    static let alike: [(String, String)] = [
        ("show me the open invoices of march", "Show me the open invoices of March!"),
        ("show me the open invoices of customer 4711", "show me the open invoices of customer 12"),
        (
            "please create a ticket about the broken printer in the hall",
            "please create a ticket about the broken scanner in the hall"
        ),
        ("mail the report to anna@example.org today", "mail the report to b.c@other.example today"),
        ("open /home/anna/notes.txt and count the words", "open /srv/x/y.md and count the words"),
        ("translate \"guten Tag\" into English", "translate \"wie geht es\" into english"),
        ("what is order 5f3a9b7c21 waiting for", "what is order 00ff12ab9e waiting for"),
        ("покажи все открытые счета за март", "Покажи все открытые счета за март?"),
    ]

    @Test(arguments: alike) func `inputs that say the same are alike`(first: String, second: String) throws {
        let (first, second) = (try Self.input(first), try Self.input(second))
        #expect(Self.cosine(first.sketch, second.sketch) >= 0.8)
    }

    static let different = [
        "show me the open invoices of march", "please create a ticket about the broken printer",
        "translate this page into english", "book a table for two at eight tomorrow",
        "restart the staging server",
        "who is on call this week", "покажи все открытые счета за март", "hi",
        "close all tickets that nobody has touched for a month and tell their owners why",
    ]

    @Test func `inputs that say something else are not`() throws {
        let sketches = try Self.different.map { try Self.input($0).sketch }
        for first in sketches.indices {
            for second in 0..<first {
                let cosine = Self.cosine(sketches[first], sketches[second])
                #expect(cosine < 0.5, "\(Self.different[first]) | \(Self.different[second])")
            }
            #expect(Self.cosine(sketches[first], sketches[first]) > 0.999)
        }
    }

    @Test(arguments: [
        ("call Anna Smith about the invoice of march", ["about", "call", "invoice", "march", "the"]),
        ("mail anna@example.org or jane.doe (again)", ["again", "mail"]),
        ("run x-ray on abc123, foo_bar and /home/jane now.", ["and", "now", "run"]),
        ("say 'hello anna' and \"good morning\" please!", ["and", "please", "say"]),
        ("ID 5f3a9b7c21 of user 4711", ["user"]), ("PIN is 1234", []), ("où est ma clé", ["clé", "est"]),
    ]) func `words are of lower-case letters alone`(text: String, words: [String]) throws {
        let input = try Self.input(text)
        #expect(input.words.values.sorted() == words.sorted())
        #expect(input.sketch.words == input.words.keys.sorted())
    }

    @Test(arguments: ["", "   ", "\n\t", "?!", "…", "--- /// ???", "\u{0}\u{1}"])
    func `of what has no letter there is nothing`(text: String) {
        #expect(InputText(Array(text.utf8)) == nil)
    }

    /// Clusters of a file of an older version must take in what comes now.
    @Test func `a sketch is the same in every version`() throws {
        let sketch = try Self.input("show me the open invoices of march").sketch
        let ones = sketch.components.indices.filter { sketch.components[$0] != 0 }
        #expect(ones.prefix(8) == [1, 5, 6, 11, 20, 29, 30, 39])
        #expect(ones.prefix(8).map { sketch.components[$0] } == [21, 21, -21, 21, -31, 21, -21, -21])
        #expect(sketch.identity == 4_242_618_027)
        #expect(
            sketch.words == [140_769_727, 2_706_852_414, 3_369_069_129, 3_424_975_819, 4_161_048_300])
        // The same text is the same input, however it is written.
        let other = try Self.input("  Show me,\n the open INVOICES of March 2026").sketch
        #expect(other.identity == sketch.identity && other.components == sketch.components)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `whatever text it is, its sketch goes through a text and has nothing of it`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let letters = Array("abcdefgäöß AB.,'\"/@-_0179\n€\u{1F600}漢ж").map { Array(String($0).utf8) }
        var bytes = (0..<random.below(3_000)).flatMap { _ in random.pick(letters) }
        if random.once(in: 3) { bytes += random.bytes(20) }
        guard let input = InputText(bytes) else { return }
        let text = input.sketch.text
        #expect(InputSketch(text) == input.sketch, "seed \(seed)")
        #expect(input.sketch.words.count <= InputSketch.wordCountMax && text.utf8.count <= 460)
        #expect(input.words.values.allSatisfy { !text.contains($0) || $0.count < 4 }, "seed \(seed)")
        // What was altered is either another sketch or none, and never a crash.
        var altered = Array(text.utf8)
        altered[random.below(altered.count)] = UInt8(random.below(128))
        _ = InputSketch(String(decoding: altered, as: UTF8.self))
        #expect(InputSketch(String(text.dropLast())) == nil)
    }

    @Test func `a word that two tags stand for is not told, and old ones make place`() throws {
        var words = InputWords()
        words.add([1: "one", 2: "two"])
        words.add([1: "one", 2: "other"])
        #expect(words[1] == "one" && words[2] == nil && words[3] == nil)
        for tag in 10..<10_000 as Range<UInt32> { words.add([tag: "w\(tag)"]) }
        #expect(words[9_999] == "w9999" && words[1] == nil)
    }

    static func input(_ text: String) throws -> InputText { try #require(InputText(Array(text.utf8))) }

    static func cosine(_ first: InputSketch, _ second: InputSketch) -> Double {
        func product(_ left: InputSketch, _ right: InputSketch) -> Double {
            zip(left.components, right.components).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return product(first, second) / (product(first, first) * product(second, second)).squareRoot()
    }
}
