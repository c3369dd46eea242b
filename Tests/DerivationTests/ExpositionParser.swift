/// Reads Prometheus' text format 0.0.4, stricter than Prometheus does: heads before samples and once, families
/// in one piece, no timestamps, no blank lines, no series twice, histograms that add up.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/.
struct ExpositionParser {
    private(set) var samples: [ExposedSeries: Double] = [:]
    private var types: [String: String] = [:]
    private var helped: Set<String> = []
    private var family = ""
    private var lineNumber = 0

    /// - Throws: `ExpositionProblem` with the first thing that is wrong.
    init(_ bytes: [UInt8]) throws(ExpositionProblem) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw problem("is no UTF-8") }
        if bytes.isEmpty { return }
        guard bytes.last == UInt8(ascii: "\n") else { throw problem("ends without a line feed") }
        // Swift's lines end at \r\n and others, too; the format's only at \n.
        for line in text.utf8.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
            lineNumber += 1
            try read(Substring(line))
        }
        try checkHistograms()
    }

    private func problem(_ reason: String) -> ExpositionProblem {
        ExpositionProblem(line: lineNumber, reason: reason)
    }

    private mutating func read(_ line: Substring) throws(ExpositionProblem) {
        if line.hasPrefix("# HELP ") { return try readHelp(line.dropFirst(7)) }
        if line.hasPrefix("# TYPE ") { return try readType(line.dropFirst(7)) }
        if line.hasPrefix("#") { throw problem("is a comment of no kind: \(line)") }
        try readSample(line)
    }

    private mutating func readHelp(_ rest: Substring) throws(ExpositionProblem) {
        let name = String(rest.prefix { $0 != " " })
        guard Self.isName(name, colons: true) else { throw problem("HELP of no name: \(rest)") }
        guard helped.insert(name).inserted, types[name] == nil else { throw problem("HELP out of place") }
        family = name
    }

    private mutating func readType(_ rest: Substring) throws(ExpositionProblem) {
        let words = rest.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2, ["counter", "gauge", "histogram"].contains(words[1]) else {
            throw problem("TYPE of no kind: \(rest)")
        }
        guard words[0] == family, types[family] == nil else { throw problem("TYPE out of place: \(rest)") }
        types[family] = words[1]
    }

    private mutating func readSample(_ line: Substring) throws(ExpositionProblem) {
        var cursor = LabelCursor(line, number: lineNumber)
        let name = cursor.name(colons: true)
        guard let type = types[family] else { throw problem("sample before a TYPE: \(line)") }
        let suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { name == family + $0 }) else {
            throw problem("sample \(name) in family \(family)")
        }
        let labels = try cursor.labels()
        guard cursor.skip(" ") else { throw problem("no blank before the value: \(line)") }
        let value = try number(cursor.rest)
        if type != "gauge", !(value >= 0) { throw problem("a counter below zero: \(line)") }
        let series = ExposedSeries(name: name, labels: labels.sorted { $0.name < $1.name })
        guard samples.updateValue(value, forKey: series) == nil else { throw problem("twice: \(line)") }
    }

    private func number(_ text: Substring) throws(ExpositionProblem) -> Double {
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default:
            let digits = text.allSatisfy { "+-.0123456789e".contains($0) }
            guard digits, let value = Double(text) else { throw problem("no number: \(text)") }
            return value
        }
    }

    static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { isNameByte($0, colons: colons) }
    }

    static func isNameByte(_ byte: UInt8, colons: Bool) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        case UInt8(ascii: ":"): colons
        default: false
        }
    }

    /// Buckets do not sink, the last is `+Inf` and the same as the count, and there is a sum.
    private func checkHistograms() throws(ExpositionProblem) {
        var buckets: [ExposedSeries: [(bound: Double, value: Double)]] = [:]
        for (series, value) in samples {
            guard series.name.hasSuffix("_bucket"), let bound = series["le"] else { continue }
            let key = series.without("le", named: String(series.name.dropLast(7)))
            buckets[key, default: []].append((try number(bound[...]), value))
        }
        for (series, unsorted) in buckets {
            let sorted = unsorted.sorted { $0.bound < $1.bound }
            for (low, high) in zip(sorted, sorted.dropFirst()) where low.value > high.value {
                throw problem("buckets of \(series) sink")
            }
            let count = samples[ExposedSeries(name: series.name + "_count", labels: series.labels)]
            let sum = samples[ExposedSeries(name: series.name + "_sum", labels: series.labels)]
            guard sorted.last?.bound == .infinity, sorted.last?.value == count, sum != nil else {
                throw problem("\(series) does not add up")
            }
        }
    }
}
