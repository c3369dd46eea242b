internal import MetricModel

/// Failed inputs that are like each other.
struct InputCluster: Sendable, Equatable {
    /// Whose inputs they are.
    struct Owner: Hashable, Sendable {
        let service: ExactText
        let environment: ExactText
    }

    /// A word that inputs of the cluster have.
    struct Word: Sendable, Equatable {
        let tag: UInt32
        /// Cases whose input has it.
        var count: Int64 = 0
        /// The identities of the first inputs that have it, `sharedInputCount` at most.
        var inputs: [UInt32] = []
        /// Nil until enough different inputs have it.
        var text: String?
    }

    /// At this cosine two inputs say the same.
    static let cosineMin = 0.8
    /// So many different inputs have a word before anybody may read it: fewer might be one person's.
    static let sharedInputCount = 3
    /// More inputs do not move the centre.
    private static let centredCountMax = 1_000
    /// Words that are counted; one that a single input has gives way.
    static let wordCountMax = 64

    let owner: Owner
    /// What it is called by: none is given out twice.
    let serial: Int64
    /// Cases that failed with such an input.
    var count: Int64 = 0
    /// When the last one did, in milliseconds since 1970.
    var last: Int64 = 0
    /// The sum of the inputs' components, a centre of whatever length.
    var sums = [Int32](repeating: 0, count: InputSketch.dimensionCount)
    /// In the order they came.
    var words: [Word] = []

    /// As the label says it.
    var name: String { "input-\(serial)" }

    /// The cosine between an input and the centre.
    func cosine(_ input: InputSketch) -> Double {
        var (product, own, other): (Int64, Int64, Int64) = (0, 0, 0)
        for (sum, component) in zip(sums, input.components) {
            product += Int64(sum) * Int64(component)
            own += Int64(sum) * Int64(sum)
            other += Int64(component) * Int64(component)
        }
        guard own > 0, other > 0 else { return 0 }
        return Double(product) / (Double(own).squareRoot() * Double(other).squareRoot())
    }

    /// Takes in one more case.
    ///
    /// - Parameter known: the words that may be read once they are shared.
    mutating func add(_ input: InputSketch, at end: Int64, _ known: InputWords) {
        if count < Self.centredCountMax {
            for (place, component) in input.components.enumerated() { sums[place] += Int32(component) }
        }
        count += 1
        last = max(last, end)
        for tag in input.words {
            guard let place = words.firstIndex(where: { $0.tag == tag }) ?? newWord(tag) else { continue }
            words[place].count += 1
            if words[place].inputs.count < Self.sharedInputCount,
                !words[place].inputs.contains(input.identity)
            {
                words[place].inputs.append(input.identity)
            }
            if words[place].text == nil, words[place].inputs.count == Self.sharedInputCount {
                words[place].text = known[tag]
            }
        }
    }

    private mutating func newWord(_ tag: UInt32) -> Int? {
        if words.count == Self.wordCountMax {
            guard let rare = words.indices.first(where: { words[$0].inputs.count < 2 }) else { return nil }
            words.remove(at: rare)
        }
        words.append(Word(tag: tag))
        return words.count - 1
    }
}
