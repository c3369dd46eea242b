import Packs
import Registry
import SeededRandom
import TraceSamples

/// Bodies whose attributes the packs read, with values that nobody should send.
struct HostileSamples {
    private var generator: RequestGenerator
    private var mutator: BodyMutator
    private var random: SeededRandom

    /// Attributes that become labels as they are.
    static let options: PackOptions = ["spanmetrics": ["dimensions": .list(["skill.name", "worker_id"])]]

    /// - Parameter keyCount: how many of `keys` occur; few make spans that look alike.
    init(keys: [String], keyCount: Int = .max, seed: UInt64) {
        var choice = SeededRandom(seed: seed)
        let chosen = keyCount < keys.count ? Array(keys.shuffled(using: &choice).prefix(keyCount)) : keys
        let vocabulary = SampleVocabulary(
            keys: chosen, names: ["routing_test_a", "routing_test_", "Running x", "test"], texts: Self.texts)
        generator = RequestGenerator(vocabulary, seed: seed)
        mutator = BodyMutator(seed: seed)
        random = SeededRandom(seed: seed)
    }

    private static let words = [
        "0", "-1", "1e308", "1e999", "-1e999", "nan", "inf", "-inf", "0x10", " 7 ", "7 7", "+5", "1_000", "٣",
        "1.",
        ".5", "1e", "true", "false", "__overflow__", "passed", "failed", "ok", "error", "control",
        "{a=\"b\"}",
        "a\"} 1\nb{c=\"d", "\\", "\\n", "\r\n", "\u{2028}", "\u{FEFF}x", "000000000000000000000000000000001",
        "99999999999999999999999999999999999999999999999999999999999999999999999999999999",
    ]

    /// Values that are told apart in full only: beyond the cut, in bytes that are no UTF-8, by their kind.
    private static let twins: [[UInt8]] = [
        Array((String(repeating: "n", count: 300) + "1").utf8),
        Array((String(repeating: "n", count: 300) + "2").utf8),
        Array(String(repeating: "n", count: 256).utf8), [0x61, 0xFF], [0x61, 0xFE], Array("a\u{FFFD}".utf8),
    ]

    private static let texts = words.map { Array($0.utf8) } + twins

    /// A body: generated, damaged at times.
    mutating func body() -> [UInt8] {
        let body = generator.request()
        return random.once(in: 3) ? mutator.mutant(of: body, and: generator.request()) : body
    }

    /// A body of one span.
    mutating func bodyOfOneSpan() -> [UInt8] { generator.requestOfOneSpan() }

    /// From nothing at all to more than the bodies need.
    mutating func limits() -> SeriesLimits {
        SeriesLimits(
            valuesPerLabel: random.pick([1, 2, 2, 3, 5, 2_000]),
            seriesPerMeter: random.pick([1, 3, 5, 10, 20, 20_000]),
            series: random.pick([1, 10, 50, 200_000, 200_000])
        )
    }
}
