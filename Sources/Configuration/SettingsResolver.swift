/// Takes each option from its sources and collects what is wrong with any of them.
struct SettingsResolver {
    /// The flags that were given.
    let flags: FlagValues

    /// The process's environment.
    let environment: [String: String]

    /// The configuration file, if there is one.
    let file: ConfigurationFile?

    /// What was found so far, the file's own problems first.
    private(set) var problems: [ConfigurationProblem] = []
    private var origins: [String: ValueOrigin] = [:]
    private var texts: [String: String] = [:]

    /// Begins with the problems of `file`.
    init(flags: FlagValues, environment: [String: String], file: ConfigurationFile?) {
        self.flags = flags
        self.environment = environment
        self.file = file
        problems = file?.problems ?? []
    }

    /// The option's value; nil where it has none, which is noted as a problem unless its default is to have none, or
    /// only wrong ones, which always is.
    ///
    /// Wrong values of a source that another one overrules are noted, too.
    mutating func value<Value>(_ option: ConfigurationOption<Value>) -> Value? {
        let declaration = option.declaration
        var found: (Value, ValueOrigin)?
        var isComplete = true
        for (raw, origin) in sources(of: declaration) {
            do {
                let value = try option.value(of: raw)
                found = found ?? (value, origin)
            } catch {
                isComplete = false
                report(
                    origin,
                    "\(declaration.key) is \(raw.shown(isSecret: declaration.isSecret)); wanted \(error.wanted)"
                )
            }
        }
        guard isComplete else { return nil }
        guard let (value, origin) = found ?? defaultValue(of: option).map({ ($0, .standard) }) else {
            return nil
        }
        origins[declaration.key] = origin
        texts[declaration.key] = declaration.isSecret ? "(secret)" : value.configurationText
        return value
    }

    /// Where the value of an option that `value(_:)` has returned came from.
    func origin<Value>(of option: ConfigurationOption<Value>) -> ValueOrigin {
        origins[option.declaration.key] ?? .standard
    }

    /// Notes a contradiction between options.
    mutating func report(_ origin: ValueOrigin, _ message: String) {
        problems.append(ConfigurationProblem(origin: origin, message: message))
    }

    /// Every option that was asked for, in the order of the reference.
    func effective() -> [EffectiveOption] {
        Options.declarations.compactMap { declaration in
            guard let text = texts[declaration.key], let origin = origins[declaration.key] else { return nil }
            return EffectiveOption(key: declaration.key, text: text, origin: origin)
        }
    }

    /// What the sources give, the strongest first.
    private func sources(of declaration: OptionDeclaration) -> [(RawValue, ValueOrigin)] {
        var sources: [(RawValue, ValueOrigin)] = []
        if let text = flags.texts[declaration.key] {
            sources.append((.text(text), .flag(declaration.flagName)))
        }
        // An empty variable counts as not set, as OpenTelemetry has it: compose files pass ${NAME:-}.
        if let text = environment[declaration.variable], !text.isEmpty {
            sources.append((.text(text), .variable(declaration.variable)))
        }
        if let file, let entry = file.entries[declaration.key] {
            sources.append((entry.raw, .file(file.path, line: entry.line)))
        }
        return sources
    }

    private mutating func defaultValue<Value>(of option: ConfigurationOption<Value>) -> Value? {
        switch option.defaultValue {
        case .constant(let value): return value
        case .absent: return nil
        case .computed(_, let wanted, let compute):
            if let value = compute(environment) { return value }
            report(
                .variable(option.declaration.variable),
                "\(option.declaration.key) is not set; wanted \(wanted)")
            return nil
        }
    }
}

extension RawValue {
    /// As it stands in a message; a secret does not.
    fileprivate func shown(isSecret: Bool) -> String {
        if isSecret { return "wrong" }
        return switch self {
        case .text(let text): "'\(text)'"
        case .list(let items): "[\(items.joined(separator: ", "))]"
        case .shape(let shape): shape
        }
    }
}
