/// Regular expressions in the syntax of Go, as far as a checker must know them: whether one is valid, and whether
/// it matches the empty string.
///
/// Prometheus anchors them at both ends, so an expression that matches the empty string also matches a series that
/// lacks the label.
struct RegularExpression {
    private let scalars: [Unicode.Scalar]
    private let dialect: PromQLDialect
    private var position = 0
    private var depth = 0

    /// Deeper groups are refused, so that no expression can exhaust the stack; Go's own limit is 1,000.
    private static let depthMax = 100

    /// Go's limit of a count, also of the product of nested counts.
    private static let countMax = 1_000

    /// What is wrong, to stand behind "the regular expression … ".
    struct Invalid: Error {
        let message: String
    }

    /// What a part of the expression is, as far as it matters here.
    struct Part {
        var matchesEmpty: Bool
        /// The largest product of nested counts in it.
        var count = 1
        /// Whether literal text comes before it, which a repetition behind does not repeat.
        var followsText = false
    }

    /// Whether Prometheus takes the expression.
    static func check(_ bytes: [UInt8], in dialect: PromQLDialect) throws(Invalid) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            // 3.5 compares plain alternatives without a regular expression, whatever their bytes.
            let isPlain = !bytes.contains { #"\.+*?()[]{}^$"#.utf8.contains($0) }
            if dialect == .prometheus3, isPlain { return }
            throw Invalid(message: "is not UTF-8")
        }
        _ = try parse(text, in: dialect)
    }

    /// Whether a valid expression matches the empty string.
    static func matchesEmpty(_ text: String) -> Bool {
        (try? parse(text, in: .prometheus3))?.matchesEmpty ?? false
    }

    private static func parse(_ text: String, in dialect: PromQLDialect) throws(Invalid) -> Part {
        var parser = RegularExpression(scalars: Array(text.unicodeScalars), dialect: dialect)
        let part = try parser.alternatives()
        guard parser.current == nil else { throw Invalid(message: "has a ')' without '('") }
        return part
    }

    private init(scalars: [Unicode.Scalar], dialect: PromQLDialect) {
        self.scalars = scalars
        self.dialect = dialect
    }

    // MARK: - Characters

    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    func starts(with text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    mutating func take(_ text: String) -> Bool {
        guard starts(with: text) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    mutating func takeOne() -> Unicode.Scalar? {
        guard let scalar = current else { return nil }
        position += 1
        return scalar
    }

    /// Takes the last `count` characters back.
    mutating func position(back count: Int) { position -= count }

    /// What stands before `end`, which is passed; nil and no move if there is no `end`.
    mutating func takeUntil(_ end: String) -> String? {
        let start = position
        while position < scalars.count, !starts(with: end) { position += 1 }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<position])
        guard take(end) else {
            position = start
            return nil
        }
        return String(text)
    }

    // MARK: - Structure

    private mutating func alternatives() throws(Invalid) -> Part {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw Invalid(message: "is nested deeper than \(Self.depthMax) levels")
        }
        var whole = try sequence()
        while take("|") {
            let part = try sequence()
            whole = Part(
                matchesEmpty: whole.matchesEmpty || part.matchesEmpty, count: max(whole.count, part.count))
        }
        return whole
    }

    private mutating func sequence() throws(Invalid) -> Part {
        var whole = Part(matchesEmpty: true)
        /// What a repetition would repeat; nil at the start.
        var last: Part?
        /// What the sequence is without `last`.
        var before = whole
        var followsRepetition = false
        while let scalar = current, scalar != "|", scalar != ")" {
            if let repetition = try repetition() {
                guard let repeated = last else {
                    throw Invalid(message: "repeats nothing with '\(repetition.text)'")
                }
                guard !followsRepetition else { throw Invalid(message: "repeats a repetition") }
                let count = repeated.count * max(repetition.factor, 1)
                guard repetition.factor < 2 || count <= Self.countMax else {
                    throw Invalid(message: "repeats more than \(Self.countMax) times")
                }
                last = Part(matchesEmpty: repeated.matchesEmpty || repetition.allowsNone, count: count)
                followsRepetition = true
            } else {
                followsRepetition = false
                guard let part = try atom() else { continue }
                before = whole
                if part.followsText { before.matchesEmpty = false }
                last = part
            }
            let part = last ?? Part(matchesEmpty: true)
            whole = Part(
                matchesEmpty: before.matchesEmpty && part.matchesEmpty, count: max(before.count, part.count))
        }
        return whole
    }

    private struct Repetition {
        let text: String
        let allowsNone: Bool
        /// The count of `{n}`, and 1 for `*`, `+`, `?`.
        let factor: Int
    }

    private mutating func repetition() throws(Invalid) -> Repetition? {
        let repetition: Repetition
        if take("*") {
            repetition = Repetition(text: "*", allowsNone: true, factor: 1)
        } else if take("+") {
            repetition = Repetition(text: "+", allowsNone: false, factor: 1)
        } else if take("?") {
            repetition = Repetition(text: "?", allowsNone: true, factor: 1)
        } else if let counted = try countedRepetition() {
            repetition = counted
        } else {
            return nil
        }
        _ = take("?")
        return repetition
    }

    /// `{n}`, `{n,}`, `{n,m}`; braces around anything else are literal.
    private mutating func countedRepetition() throws(Invalid) -> Repetition? {
        let start = position
        guard take("{") else { return nil }
        guard let inner = takeUntil("}") else {
            position = start
            return nil
        }
        let parts = inner.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = { (text: Substring) in
            !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber }
                && (text.count == 1 || text.first != "0")
        }
        guard isNumber(parts[0]), parts.count == 1 || parts[1].isEmpty || isNumber(parts[1]) else {
            position = start
            return nil
        }
        let least = Int(parts[0]) ?? .max
        let most = parts.count == 1 ? least : parts[1].isEmpty ? least : Int(parts[1]) ?? .max
        guard least <= most, most <= Self.countMax else {
            throw Invalid(message: "has the count {\(inner)}, which must rise and end at \(Self.countMax)")
        }
        return Repetition(text: "{\(inner)}", allowsNone: least == 0, factor: most)
    }

    // MARK: - Atoms

    /// Nil for what is nothing by itself: flags, an empty quotation.
    private mutating func atom() throws(Invalid) -> Part? {
        if take("(") { return try group() }
        if starts(with: "[") {
            try characterClass()
            return Part(matchesEmpty: false)
        }
        if take("^") || take("$") { return Part(matchesEmpty: true) }
        guard take("\\") else {
            _ = takeOne()
            return Part(matchesEmpty: false)
        }
        if take("Q") {
            return try quotation()
        }
        if take("A") || take("z") || take("B") { return Part(matchesEmpty: true) }
        if take("b") { return Part(matchesEmpty: false) }
        if try !classEscape() { _ = try characterEscape() }
        return Part(matchesEmpty: false)
    }

    /// `a*b\E` behind `\Q`.
    private mutating func quotation() throws(Invalid) -> Part? {
        let start = position
        var end = scalars.count
        if takeUntil("\\E") != nil {
            end = position - 2
        } else if dialect == .prometheus3 {
            position = end
        } else {
            // 2.42 adds a ')' to the text, which would then be quoted.
            throw Invalid(message: "lacks the '\\E' that ends '\\Q'")
        }
        return start == end ? nil : Part(matchesEmpty: false, followsText: end - start > 1)
    }

    private mutating func group() throws(Invalid) -> Part? {
        if take("?") {
            if take("P<") || (dialect.allowsShortGroupNames && take("<")) {
                try groupName()
            } else if try !flags() {
                return nil
            }
        }
        let part = try alternatives()
        guard take(")") else { throw Invalid(message: "lacks a ')'") }
        return part
    }

    private mutating func groupName() throws(Invalid) {
        guard let name = takeUntil(">"), !name.isEmpty,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { throw Invalid(message: "has a group without a proper name") }
    }

    /// `i:` or `i)` behind `(?`.
    /// - Returns: Whether a group follows.
    private mutating func flags() throws(Invalid) -> Bool {
        var isNegated = false
        var needsFlag = false
        while let scalar = takeOne() {
            switch scalar {
            case "i", "m", "s", "U": needsFlag = false
            case "-" where !isNegated:
                isNegated = true
                needsFlag = true
            case ":" where !needsFlag: return true
            case ")" where !needsFlag: return false
            default: throw Invalid(message: "has a group that begins with neither a name nor flags")
            }
        }
        throw Invalid(message: "lacks a ')'")
    }
}
