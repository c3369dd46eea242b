/// What a function takes and gives.
struct FunctionSignature: Sendable {
    let name: String
    let parameters: [PromQLExpression.ValueType]
    /// How many arguments fit; the last parameter repeats.
    let arity: ClosedRange<Int>
    let result: PromQLExpression.ValueType

    /// The type of the argument at `index`, from 0.
    func parameter(at index: Int) -> PromQLExpression.ValueType? {
        index < parameters.count ? parameters[index] : parameters.last
    }

    /// The function of that name in `dialect`.
    static func named(_ name: String, in dialect: PromQLDialect) -> FunctionSignature? {
        if let other = only[name], other != dialect { return nil }
        return all[name]
    }

    /// Whether `name` is a function, or an aggregation, that 3.5 has only behind a flag.
    static func isExperimental(_ name: String) -> Bool { experimental.contains(name) }

    private static let all: [String: FunctionSignature] = {
        let vector = PromQLExpression.ValueType.instantVector
        let range = PromQLExpression.ValueType.rangeVector
        let ofVector = [
            "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg",
            "exp", "floor", "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar",
            "histogram_sum", "ln", "log10", "log2", "rad", "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt",
            "tan", "tanh", "timestamp",
        ]
        let ofRange = [
            "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "idelta",
            "increase", "irate", "last_over_time", "max_over_time", "min_over_time", "present_over_time",
            "rate", "resets", "stddev_over_time", "stdvar_over_time", "sum_over_time",
        ]
        let ofTime = [
            "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year",
        ]
        var signatures = ofVector.map { FunctionSignature($0, [vector]) }
        signatures += ofRange.map { FunctionSignature($0, [range]) }
        signatures += ofTime.map { FunctionSignature($0, [vector], arity: 0...1) }
        signatures += [
            FunctionSignature("clamp", [vector, .scalar, .scalar]),
            FunctionSignature("clamp_max", [vector, .scalar]),
            FunctionSignature("clamp_min", [vector, .scalar]),
            FunctionSignature("histogram_fraction", [.scalar, .scalar, vector]),
            FunctionSignature("histogram_quantile", [.scalar, vector]),
            FunctionSignature("holt_winters", [range, .scalar, .scalar]),
            FunctionSignature("label_join", [vector, .string, .string, .string], arity: 3...Int.max),
            FunctionSignature("label_replace", [vector, .string, .string, .string, .string]),
            FunctionSignature("pi", [], result: .scalar),
            FunctionSignature("predict_linear", [range, .scalar]),
            FunctionSignature("quantile_over_time", [.scalar, range]),
            FunctionSignature("round", [vector, .scalar], arity: 1...2),
            FunctionSignature("scalar", [vector], result: .scalar),
            FunctionSignature("time", [], result: .scalar),
            FunctionSignature("vector", [.scalar]),
        ]
        return Dictionary(signatures.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }()

    /// Functions that not every dialect has.
    private static let only: [String: PromQLDialect] = [
        "histogram_avg": .prometheus3, "histogram_stddev": .prometheus3, "histogram_stdvar": .prometheus3,
        "holt_winters": .prometheus2,
    ]

    private static let experimental: Set = [
        "double_exponential_smoothing", "info", "limit_ratio", "limitk", "mad_over_time", "sort_by_label",
        "sort_by_label_desc", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
    ]

    private init(
        _ name: String, _ parameters: [PromQLExpression.ValueType], arity: ClosedRange<Int>? = nil,
        result: PromQLExpression.ValueType = .instantVector
    ) {
        self.name = name
        self.parameters = parameters
        self.arity = arity ?? parameters.count...parameters.count
        self.result = result
    }
}
