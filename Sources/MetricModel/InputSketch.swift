/// What is kept of a text that was put into a test: how like another it is, and which words two of them share.
///
/// The text cannot be read out of it. Runs of three characters are counted in 256 numbers, each of which stands for
/// any of thousands of runs and is rounded to 6 bits; a word is 32 bits of its hash. Who guesses a text, or a word,
/// can see whether it may be the one.
@usableFromInline package struct InputSketch: Sendable, Hashable {
    /// With signs from the hash, texts that share nothing are at right angles but for ±0.06.
    package static let dimensionCount = 256
    /// A component is from −31 to 31, so that it is one of 63 letters.
    static let componentMax = 31
    /// Further words of a text are not looked at.
    package static let wordCountMax = 32

    /// About of length 128, so that each text has the same weight in a sum.
    package let components: [Int8]
    /// The same for the same text, redacted; another one for almost any other.
    package let identity: UInt32
    /// The tags of its words, ascending and each once; see `InputText`.
    package let words: [UInt32]

    init(components: [Int8], identity: UInt32, words: [UInt32]) {
        self.components = components
        self.identity = identity
        self.words = words
    }

    // MARK: As a text

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// Of a number of 32 bits, six bits each.
    private static let numberLength = 6

    /// Letters of base 64: one for each component, six each for the identity and the words.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.dimensionCount + Self.numberLength * (words.count + 1))
        for component in components { bytes.append(Self.alphabet[Int(component) + Self.componentMax + 1]) }
        for number in [identity] + words {
            for place in 0..<Self.numberLength {
                bytes.append(Self.alphabet[Int(number >> UInt32(6 * place)) & 63])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil for what is no sketch's text.
    package init?(_ text: String) {
        var digits: [Int] = []
        for byte in text.utf8 {
            guard let digit = Self.alphabet.firstIndex(of: byte) else { return nil }
            digits.append(digit)
        }
        let numbers = digits.dropFirst(Self.dimensionCount)
        guard digits.count >= Self.dimensionCount + Self.numberLength,
            numbers.count % Self.numberLength == 0,
            numbers.count / Self.numberLength <= Self.wordCountMax + 1
        else { return nil }
        var read: [UInt32] = []
        for start in stride(from: numbers.startIndex, to: numbers.endIndex, by: Self.numberLength) {
            var number: UInt64 = 0
            for place in 0..<Self.numberLength {
                number |= UInt64(digits[start + place]) << UInt64(6 * place)
            }
            guard let whole = UInt32(exactly: number) else { return nil }
            read.append(whole)
        }
        let components = digits.prefix(Self.dimensionCount).map { $0 - Self.componentMax - 1 }
        let words = Array(read.dropFirst())
        guard components.allSatisfy({ abs($0) <= Self.componentMax }),
            components.contains(where: { $0 != 0 }),
            zip(words, words.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        self.init(components: components.map { Int8($0) }, identity: read[0], words: words)
    }
}
