/// What is said of an option in help texts, in the reference and in messages; independent of its type.
package struct OptionDeclaration: Sendable, Equatable {
    /// The path of its key in the configuration file, `limits.request_bytes`; unique.
    package let key: String

    /// Whether a flag of `spanmeter serve` sets it.
    package let hasFlag: Bool

    /// Whether the configuration file may hold it; the path of that file cannot.
    package let isInFile: Bool

    /// Whether an environment variable sets it; maps of free keys have none.
    package let isInEnvironment: Bool

    /// Whether its value is kept out of messages, logs and printed settings.
    package let isSecret: Bool

    /// The value's place in a help text: `HOST:PORT`.
    package let placeholder: String

    /// The default as one would write it, or a sentence part that says how it is found.
    package let defaultText: String

    /// The allowed values, `1s to 10m`, where there is a limit.
    package let rangeText: String?

    /// What it does, in one sentence.
    package let documentation: String

    /// The environment variable: `SPANMETER_LIMITS_REQUEST_BYTES`.
    package var variable: String { "SPANMETER_" + key.uppercased().replacing(".", with: "_") }

    /// The flag without its dashes, `otlp-grpc`; meant for options with `hasFlag`.
    package var flagName: String { key.replacing(".", with: "-").replacing("_", with: "-") }
}

/// One option: its declaration and what makes a value of type `Value` out of text.
package struct ConfigurationOption<Value: ConfigurationValue>: Sendable {
    /// Where the default comes from.
    enum Default: Sendable {
        /// A constant.
        case constant(Value)

        /// There is none: the option has no value then, which is no problem.
        case absent

        /// Worked out from the environment; nil where the environment does not say enough, and then `wanted` says
        /// what would. `text` describes it.
        case computed(text: String, wanted: String, @Sendable (_ environment: [String: String]) -> Value?)
    }

    /// What is said of it.
    package let declaration: OptionDeclaration

    /// What it is where no source gives a value.
    let defaultValue: Default

    private let isAllowed: @Sendable (Value) -> Bool

    /// An option whose allowed values are what `isAllowed` says, in words `rangeText`.
    init(
        _ key: String,
        default defaultValue: Default,
        flag hasFlag: Bool = false,
        inFile isInFile: Bool = true,
        secret isSecret: Bool = false,
        rangeText: String? = nil,
        isAllowed: @escaping @Sendable (Value) -> Bool = { _ in true },
        _ documentation: String
    ) {
        let defaultText =
            switch defaultValue {
            case .constant(let value): value.configurationText
            case .computed(let text, _, _): text
            case .absent: "none"
            }
        declaration = OptionDeclaration(
            key: key, hasFlag: hasFlag, isInFile: isInFile, isInEnvironment: true, isSecret: isSecret,
            placeholder: Value.placeholder, defaultText: defaultText, rangeText: rangeText,
            documentation: documentation
        )
        self.defaultValue = defaultValue
        self.isAllowed = isAllowed
    }

    /// An option of which every value of its type is allowed.
    init(
        _ key: String,
        default value: Value,
        flag hasFlag: Bool = false,
        _ documentation: String
    ) {
        self.init(key, default: .constant(value), flag: hasFlag, documentation)
    }

    /// Reads a raw value and checks it against the allowed range.
    ///
    /// - Throws: `ValueProblem`, which says what was wanted.
    func value(of raw: RawValue) throws(ValueProblem) -> Value {
        let value = try Value(raw: raw)
        guard isAllowed(value) else {
            throw ValueProblem(wanted: declaration.rangeText ?? declaration.placeholder)
        }
        return value
    }
}

extension ConfigurationOption where Value: Comparable {
    /// An option with a lowest and a highest value.
    init(_ key: String, default value: Value, in range: ClosedRange<Value>, _ documentation: String) {
        self.init(
            key,
            default: .constant(value),
            rangeText: "\(range.lowerBound.configurationText) to \(range.upperBound.configurationText)",
            isAllowed: { range.contains($0) },
            documentation
        )
    }
}
