import Packs
import SeededRandom
import TraceSamples

/// A pack of random expressions over a few attributes, for comparing ways to evaluate them.
struct RandomPack {
    /// The attributes that the expressions read.
    static let keys = ["n.a", "n.b", "n.c", "n.d"]

    private var random: SeededRandom
    private var fieldCount = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The pack; some of them mean nothing and are refused.
    mutating func source() -> PackSource {
        var vocabulary = "  aliases: [n.a, n.b]\n"
        for index in 0..<4 {
            vocabulary += "  f\(index): \(field())\n"
            fieldCount += 1
        }
        var meters = ""
        for index in 0..<3 {
            meters += """
                  - meter: m\(index)
                    on: "\(random.once(in: 3) ? "true" : truth(2))"
                    counters: { a\(index)_total: "\(number(2))", b\(index)_total: "\(number(3))" }
                    histograms: { h\(index): { of: "\(number(2))", buckets: [1, 2, 5] } }

                """
        }
        return PackSource(
            file: "random.yaml", text: "pack: random\nvocabulary:\n\(vocabulary)meters:\n\(meters)")
    }

    private mutating func field() -> String {
        switch random.below(4) {
        case 0: "\"\(number(2))\""
        case 1: "\"\(truth(2))\""
        case 2: "{ if: \"\(truth(2))\", then: \"\(number(1))\", else: \"\(number(1))\" }"
        default:
            "{ cases: [{ when: \"\(truth(1))\", value: \"\(number(1))\" }, "
                + "{ when: \"\(truth(2))\", value: \"\(number(1))\" }]"
                + (random.once(in: 2) ? " }" : ", else: \"\(number(1))\" }")
        }
    }

    private mutating func number(_ depth: Int) -> String {
        if depth > 0, !random.once(in: 3) {
            let left = number(depth - 1)
            let right = number(depth - 1)
            switch random.below(4) {
            case 0: return "sum(\(left), \(right))"
            case 1: return "first(\(left), \(right))"
            default: return "(\(left) \(random.pick(["+", "-", "*", "/"])) \(right))"
            }
        }
        if fieldCount > 0, random.once(in: 3) { return "f\(random.below(fieldCount))" }
        let leaves = Self.keys + ["aliases", "span.duration", "span.size", "0", "1", "2.5", "span.is_root"]
        return random.pick(leaves)
    }

    private mutating func truth(_ depth: Int) -> String {
        if depth > 0, !random.once(in: 3) {
            switch random.below(4) {
            case 0: return "not (\(truth(depth - 1)))"
            case 1: return "(\(truth(depth - 1)) and \(truth(depth - 1)))"
            case 2: return "(\(truth(depth - 1)) or \(truth(depth - 1)))"
            default: break
            }
        }
        if fieldCount > 0, random.once(in: 4) { return "f\(random.below(fieldCount))" }
        switch random.below(6) {
        case 0: return "has(\(random.pick(Self.keys + ["aliases"])))"
        case 1: return "span.status == '\(random.pick(["ok", "error"]))'"
        case 2: return "n.d == 'x'"
        default:
            return "\(number(1)) \(random.pick(["==", "!=", "<", "<=", ">", ">="])) \(number(1))"
        }
    }
}
