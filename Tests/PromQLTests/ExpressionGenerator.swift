import SeededRandom

/// Writes random expressions as tokens: most of them valid, and broken ones made out of them.
struct ExpressionGenerator {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// An expression of any type.
    mutating func expression() -> [String] {
        switch random.below(10) {
        case 0: scalar(3)
        case 1: range(2)
        case 2: [string()]
        default: vector(4)
        }
    }

    /// An expression that one to three small changes have very likely broken.
    mutating func broken() -> [String] {
        var tokens = expression()
        for _ in 0...random.below(3) { tokens = mutated(tokens) }
        return tokens
    }

    /// Operators and signs between small numbers, without parentheses.
    mutating func arithmetic() -> [String] {
        var tokens: [String] = []
        for index in 0..<2 + random.below(6) {
            if index > 0 {
                tokens +=
                    random.once(in: 4)
                    ? [random.pick(Self.comparisons), "bool"] : [random.pick(Self.arithmetic)]
            }
            if random.once(in: 3) { tokens.append(random.pick(["-", "+"])) }
            tokens.append(random.pick(["1", "2", "3", "0.5", "7"]))
        }
        return tokens
    }

    static func text(_ tokens: [String]) -> String { tokens.joined(separator: " ") }

    // MARK: - By type

    private mutating func vector(_ depth: Int) -> [String] {
        guard depth > 0 else { return selector() }
        switch random.below(12) {
        case 0, 1: return selector()
        case 2, 3: return aggregation(depth - 1)
        case 4, 5: return call(depth - 1)
        case 6: return ["("] + vector(depth - 1) + [")"]
        case 7: return [random.pick(["-", "+"])] + vector(depth - 1)
        case 8: return histogram(depth - 1)
        default: return binary(depth - 1)
        }
    }

    private mutating func scalar(_ depth: Int) -> [String] {
        guard depth > 0 else { return [number()] }
        switch random.below(8) {
        case 0: return ["scalar", "("] + vector(depth - 1) + [")"]
        case 1: return ["time", "(", ")"]
        case 2: return ["pi", "(", ")"]
        case 3: return ["("] + scalar(depth - 1) + [")"]
        case 4: return [random.pick(["-", "+"])] + scalar(depth - 1)
        case 5: return scalar(depth - 1) + [random.pick(Self.arithmetic)] + scalar(depth - 1)
        case 6: return scalar(depth - 1) + [random.pick(Self.comparisons), "bool"] + scalar(depth - 1)
        default: return [number()]
        }
    }

    private mutating func range(_ depth: Int) -> [String] {
        if depth > 0, random.once(in: 4) {
            let step = random.once(in: 2) ? [] : [duration()]
            return ["("] + vector(depth - 1) + [")", "[", duration(), ":"] + step + ["]"] + placement()
        }
        return bareSelector() + ["[", duration(), "]"] + placement()
    }

    private mutating func aggregation(_ depth: Int) -> [String] {
        let (name, parameter) = random.pick([
            ("sum", ""), ("avg", ""), ("count", ""), ("min", ""), ("max", ""), ("group", ""), ("stddev", ""),
            ("stdvar", ""), ("SUM", ""), ("topk", "scalar"), ("bottomk", "scalar"), ("quantile", "scalar"),
            ("count_values", "string"), ("limitk", "scalar"),
        ])
        let before =
            parameter == "scalar" ? scalar(1) + [","] : parameter == "string" ? [string(), ","] : []
        let body = ["("] + before + vector(depth) + [")"]
        let grouping = [random.pick(["by", "without"])] + labels()
        switch random.below(3) {
        case 0: return [name] + body
        case 1: return [name] + grouping + body
        default: return [name] + body + grouping
        }
    }

    private mutating func call(_ depth: Int) -> [String] {
        let ofRange = ["rate", "increase", "irate", "max_over_time", "changes", "deriv", "absent_over_time"]
        switch random.below(9) {
        case 0, 1, 2: return [random.pick(ofRange), "("] + range(depth) + [")"]
        case 3:
            return [random.pick(["abs", "sort", "timestamp", "absent", "ln", "histogram_avg"]), "("]
                + vector(depth) + [")"]
        case 4: return ["clamp_min", "("] + vector(depth) + [","] + scalar(1) + [")"]
        case 5: return ["quantile_over_time", "("] + scalar(1) + [","] + range(depth) + [")"]
        case 6:
            return ["label_replace", "("] + vector(depth) + [
                ",", string(), ",", string(), ",", string(), ",", string(), ")",
            ]
        case 7: return ["round", "("] + vector(depth) + (random.once(in: 2) ? [","] + scalar(1) : []) + [")"]
        default: return [random.pick(["hour", "vector", "holt_winters", "info"]), "("] + scalar(1) + [")"]
        }
    }

    private mutating func histogram(_ depth: Int) -> [String] {
        ["histogram_quantile", "(", "0.9", ",", "sum", "by", "(", "le", ")", "(", "rate", "("] + range(0)
            + [")", ")", ")"]
    }

    private mutating func binary(_ depth: Int) -> [String] {
        switch random.below(6) {
        case 0:
            return vector(depth) + [random.pick(Self.sets)] + (random.once(in: 2) ? matching() : [])
                + vector(depth)
        case 1:
            let bool = random.once(in: 2) ? ["bool"] : []
            return vector(depth) + [random.pick(Self.comparisons)] + bool
                + (random.once(in: 3) ? matching() : []) + vector(depth)
        case 2: return vector(depth) + [random.pick(Self.arithmetic + Self.comparisons)] + scalar(depth)
        case 3: return scalar(depth) + [random.pick(Self.arithmetic)] + vector(depth)
        default:
            let group =
                random.once(in: 2)
                ? [random.pick(["group_left", "group_right"])]
                    + (random.once(in: 2) ? ["(", "team", ")"] : []) : []
            return vector(depth) + [random.pick(Self.arithmetic)] + matching() + group + vector(depth)
        }
    }

    private static let arithmetic = ["+", "-", "*", "/", "%", "^", "atan2"]
    private static let comparisons = ["==", "!=", "<", "<=", ">", ">="]
    private static let sets = ["and", "or", "unless", "AND"]

    private mutating func matching() -> [String] { [random.pick(["on", "ignoring"])] + labels() }

    private mutating func labels() -> [String] {
        let names = [
            "job", "instance", "le", "on", "bool", "start", "sum", "inf", "__name__", "a:b", "\"http.route\"",
        ]
        var tokens = ["("]
        for index in 0..<random.below(3) {
            if index > 0 { tokens.append(",") }
            tokens.append(
                random.once(in: 3) ? random.pick(names) : random.pick(["job", "instance", "service"]))
        }
        if tokens.count > 1, random.once(in: 8) { tokens.append(",") }
        return tokens + [")"]
    }

    // MARK: - Selectors and literals

    private mutating func selector() -> [String] { bareSelector() + placement() }

    private mutating func bareSelector() -> [String] {
        let names = [
            "sum", "by", "offset", "and", "start", "end", "step", "range", "limitk", "Inf_total", "a:b:c",
            ":x", "bool", "anchored",
        ]
        let name = random.once(in: 5) ? random.pick(names) : random.pick(["up", "http_requests_total", "x"])
        switch random.below(4) {
        case 0: return [name]
        case 1: return ["{"] + matchers() + ["}"]
        default: return [name, "{"] + matchers() + ["}"]
        }
    }

    private mutating func matchers() -> [String] {
        var tokens: [String] = []
        for index in 0..<random.below(4) {
            if index > 0 { tokens.append(",") }
            let label = random.pick([
                "job", "instance", "a", "sum", "inf", "__name__", "code", "\"a.b\"", "_",
            ])
            let comparison = random.pick(["=", "!=", "=~", "!~"])
            if random.once(in: 25) {
                tokens.append(string())
            } else {
                tokens += [label, comparison, comparison.hasSuffix("~") ? pattern() : string()]
            }
        }
        return tokens
    }

    private mutating func placement() -> [String] {
        var tokens: [String] = []
        if random.once(in: 5) { tokens += ["offset"] + (random.once(in: 3) ? ["-"] : []) + [duration()] }
        if random.once(in: 6) {
            tokens +=
                ["@"]
                + random.pick([
                    ["start", "(", ")"], ["end", "(", ")"], ["1609746000"], ["-", "1.5"], ["0"],
                ])
        }
        if random.once(in: 15) { tokens += ["offset", duration()] }
        return tokens
    }

    private mutating func duration() -> String {
        random.pick(
            ["5m", "1h", "30s", "1h30m", "1d", "2w", "1y", "100ms", "5m", "5m"]
                + odd(["300", "0s", "1.5", "5m1h", "1m1m", "0", "1e3", "5x", "99999y", "1h1", "0x10", "1_0"]))
    }

    private mutating func number() -> String {
        random.pick(
            ["0", "1", "0.99", "1e3", "Inf", "NaN", "0x1F", "3.14"]
                + odd(["1_000", ".5", "1.", "1e", "0x", "5m", "017", "089", "1e999", "1_", "0b1", "1e-3"]))
    }

    private mutating func string() -> String {
        random.pick(
            [#""a""#, "'b'", "`c`", #""""#, #""api""#]
                + odd([
                    #""\n\"""#, #"'\''"#, #""\z""#, #""\xff""#, #""é\u00e9""#, #""a"#, #""http.status""#,
                    #""\400""#, "'\"'", "`\\`",
                ]))
    }

    private mutating func pattern() -> String {
        let pieces = [
            "a", "b|c", ".*", ".+", "(x|y)", "[a-z]+", "5..", "\\d+", "(?i)q", "$var", "${var:regex}",
            "x{2,3}", "^", "$", "|", "(?:z)?",
        ]
        let odd = [
            "(", ")", "[", "*", "a**", "\\", "{,2}", "x{1001}", "[z-a]", "(?P<n>a)", "(?<n>a)", "\\pL",
            "\\p{Nope}", "[[:alpha:]]", "\\8", "(?", "+?", "]", "\\Qa\\E", "\\Q", "(a{9}){200}", "\\b",
        ]
        var text = ""
        for _ in 0..<random.below(4) { text += random.once(in: 8) ? random.pick(odd) : random.pick(pieces) }
        return "`\(text)`"
    }

    private mutating func odd(_ choices: [String]) -> [String] { random.once(in: 6) ? choices : [] }

    // MARK: - Breaking

    private mutating func mutated(_ tokens: [String]) -> [String] {
        guard !tokens.isEmpty else { return tokens }
        var tokens = tokens
        let place = random.below(tokens.count)
        switch random.below(7) {
        case 0: tokens.remove(at: place)
        case 1: tokens.insert(tokens[place], at: place)
        case 2: tokens.swapAt(place, random.below(tokens.count))
        case 3: tokens[place] = random.pick(expression())
        case 4:
            tokens.insert(
                random.pick([
                    "bool", "by", "on", "offset", "@", ",", "#", "=", "group_left", "(", ")", "[", "]", "{",
                    "}", ":", "$x", "\u{FFFD}", "5m", "\n",
                ]), at: place)
        case 5:
            var characters = Array(tokens[place])
            if !characters.isEmpty { characters.remove(at: random.below(characters.count)) }
            tokens[place] = String(characters)
        default:
            // Two tokens without a space between them.
            guard place + 1 < tokens.count else { break }
            tokens[place] += tokens.remove(at: place + 1)
        }
        return tokens
    }
}
