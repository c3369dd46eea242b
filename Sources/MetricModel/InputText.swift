/// A text that was put into a test, taken apart: a sketch, which may be kept, and words, which may not until
/// several texts share them.
package struct InputText: Sendable {
    package let sketch: InputSketch
    /// The words of the sketch by their tags.
    package let words: [UInt32: String]

    /// More of a text is not looked at.
    package static let byteCountMax = 2_048
    /// Shorter words say nothing, longer ones are none.
    private static let wordLengths = 3...24

    /// - Parameter bytes: the text; numbers, ids, paths, addresses and quoted texts in it do not matter.
    /// - Returns: nil where nothing is left of it.
    package init?(_ bytes: [UInt8]) {
        let redacted = String(
            decoding: FailurePattern.redacted(CaseID.cut(bytes, byteCountMax: Self.byteCountMax)),
            as: UTF8.self)
        let scalars = Self.normalised(redacted)
        guard scalars.contains(where: { $0 != Self.blank }) else { return nil }
        words = Self.words(redacted)
        sketch = InputSketch(
            components: Self.components(scalars), identity: Self.folded(Self.hash(scalars)),
            words: words.keys.sorted())
    }

    // MARK: Runs of characters

    private static let blank: Unicode.Scalar = " "

    /// Lower-case letters and digits with one blank between words, before the first and behind the last.
    private static func normalised(_ text: String) -> [Unicode.Scalar] {
        var result = [blank]
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                result += scalar.properties.lowercaseMapping.unicodeScalars
            } else if result.last != blank {
                result.append(blank)
            }
        }
        if result.last != blank { result.append(blank) }
        return result
    }

    /// The counts of runs of three, each with a sign, in as many numbers as a sketch has, brought to length 128.
    private static func components(_ scalars: [Unicode.Scalar]) -> [Int8] {
        var counts = [Int](repeating: 0, count: InputSketch.dimensionCount)
        var unsigned = counts
        for start in 0..<scalars.count - 2 {
            let hash = hash(scalars[start..<start + 3])
            let place = Int(hash & UInt64(InputSketch.dimensionCount - 1))
            counts[place] += hash >> 32 & 1 == 0 ? 1 : -1
            unsigned[place] += 1
        }
        // Two runs that take each other away, and nothing else.
        if counts.allSatisfy({ $0 == 0 }) { counts = unsigned }
        let length = Double(counts.reduce(0) { $0 + $1 * $1 }).squareRoot()
        let most = Double(InputSketch.componentMax)
        let components = counts.map { count in
            Int8(max(-most, min(most, (Double(count) * 128 / length).rounded())))
        }
        return components
    }

    // MARK: Words

    /// Words of lower-case letters alone: a name is written with a capital, and what has digits, hyphens or stops in
    /// it may be somebody's account.
    private static func words(_ text: String) -> [UInt32: String] {
        let marks = Set(".,;:!?()[]")
        var words: [UInt32: String] = [:]
        for part in text.split(whereSeparator: \.isWhitespace) {
            var word = part
            while let first = word.first, marks.contains(first) { word.removeFirst() }
            while let last = word.last, marks.contains(last) { word.removeLast() }
            guard wordLengths.contains(word.unicodeScalars.count),
                word.unicodeScalars.allSatisfy({ $0.properties.isLowercase && $0.properties.isAlphabetic })
            else { continue }
            words[folded(hash(word.unicodeScalars))] = String(word)
            if words.count == InputSketch.wordCountMax { break }
        }
        return words
    }

    // MARK: Hashes

    /// FNV-1a over the characters' numbers with its bits mixed: the same in every process and every version, because
    /// what is kept is compared with what comes.
    private static func hash(_ scalars: some Sequence<Unicode.Scalar>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in scalars { hash = (hash ^ UInt64(scalar.value)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 31) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ hash >> 29
    }

    private static func folded(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash ^ hash >> 32) }
}
