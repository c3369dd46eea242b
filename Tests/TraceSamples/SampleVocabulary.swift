/// What generated requests choose from: keys that are read, keys like them, names and values.
package struct SampleVocabulary: Sendable {
    /// The keys that the reader is asked for.
    package let keys: [String]
    /// Keys that nobody reads.
    let otherKeys: [[UInt8]]
    let names: [[UInt8]]
    let texts: [[UInt8]]
    let numbers: [Double]

    /// - Parameters:
    ///   - keys: distinct keys that the reader is asked for.
    ///   - names: names of spans, beside some of every vocabulary.
    ///   - texts: values, beside some of every vocabulary.
    package init(keys: [String], names: [String] = [], texts: [[UInt8]] = []) {
        self.keys = keys
        otherKeys =
            Self.near(keys) + [[0xFF, 0xFE], Array("unread".utf8), [UInt8](repeating: 0x6B, count: 200)]
        self.names = names.map { Array($0.utf8) } + [[], Array("GET /items".utf8), [0xC3], [0x00]]
        self.texts = texts + Self.texts
        numbers = [0, 1, -1, 0.25, 1e300, -1e-300, .infinity, -.infinity, .nan, 9e15, .leastNonzeroMagnitude]
    }

    /// Keys of every length class of the reader's table, some of which differ only in their middle.
    package static let plain = SampleVocabulary(
        keys: [
            "", "a", "ab", "abc", "abcd", "http.route", "12345678", "1234567890123456", "12345678901234567",
            "service.name.and.more.of.it", "service.name.ant.more.of.it", "größe", "with\u{0}nul",
            String(repeating: "long.key.", count: 20),
        ])

    private static let texts: [[UInt8]] = [
        [], Array("x".utf8), Array("checkout".utf8), Array("größe 日本 😀".utf8), [0xFF], [0xC3, 0x28],
        [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0], Array("a\"b\\c\nd\re".utf8),
        [UInt8](repeating: 0x61, count: 127), [UInt8](repeating: 0x62, count: 128),
        Array(String(repeating: "é", count: 150).utf8),
        Array((String(repeating: "y", count: 254) + "日本").utf8),
        [UInt8](repeating: 0x80, count: 300),
    ]

    /// Each key with one byte more, less, or changed.
    private static func near(_ keys: [String]) -> [[UInt8]] {
        let known = Set(keys.map { Array($0.utf8) })
        let variants = keys.flatMap { key -> [[UInt8]] in
            let bytes = Array(key.utf8)
            var changed = bytes
            if !changed.isEmpty { changed[changed.count / 2] ^= 1 }
            return [bytes + [0x78], Array(bytes.dropLast()), changed]
        }
        return variants.filter { !known.contains($0) }
    }
}
