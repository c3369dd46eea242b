import ArgumentParser
import Configuration
import Foundation

/// The flags that are options of the configuration; names, meanings, variables and defaults come from there.
struct ConfigurationFlags: ParsableArguments {
    @Option(name: .option(Options.config), help: .option(Options.config))
    var config: String?

    @Option(name: .option(Options.otlpGRPC), help: .option(Options.otlpGRPC))
    var otlpGRPC: String?

    @Option(name: .option(Options.otlpHTTP), help: .option(Options.otlpHTTP))
    var otlpHTTP: String?

    @Option(name: .option(Options.metrics), help: .option(Options.metrics))
    var metrics: String?

    @Option(name: .option(Options.data), help: .option(Options.data))
    var data: String?

    @Option(name: .option(Options.Keeping.linger), help: .option(Options.Keeping.linger))
    var linger: String?

    /// The whole configuration: these flags, the environment, the file.
    ///
    /// - Throws: `ConfigurationError` with every problem.
    func settings() throws(ConfigurationError) -> Settings {
        var values = FlagValues()
        values.set(Options.config, to: config)
        values.set(Options.otlpGRPC, to: otlpGRPC)
        values.set(Options.otlpHTTP, to: otlpHTTP)
        values.set(Options.metrics, to: metrics)
        values.set(Options.data, to: data)
        values.set(Options.Keeping.linger, to: linger)
        return try Settings.load(values)
    }
}

/// The flag of commands that read the configuration but do not serve.
struct ConfigurationFileFlag: ParsableArguments {
    @Option(name: .option(Options.config), help: .option(Options.config))
    var config: String?

    /// The whole configuration: this flag, the environment, the file.
    ///
    /// - Throws: `ConfigurationError` with every problem.
    func settings() throws(ConfigurationError) -> Settings {
        var values = FlagValues()
        values.set(Options.config, to: config)
        return try Settings.load(values)
    }
}

extension Settings {
    /// Loads with the process's own environment and file system.
    fileprivate static func load(_ flags: FlagValues) throws(ConfigurationError) -> Settings {
        try load(flags: flags, environment: ProcessInfo.processInfo.environment) { path in
            try FileContents.text(at: path)
        }
    }
}

extension NameSpecification {
    /// The flag that the configuration declares.
    fileprivate static func option<Value>(_ option: ConfigurationOption<Value>) -> NameSpecification {
        .customLong(option.declaration.flagName)
    }
}

extension ArgumentHelp {
    /// The option's sentence, variable and default.
    fileprivate static func option<Value>(_ option: ConfigurationOption<Value>) -> ArgumentHelp {
        let declaration = option.declaration
        return ArgumentHelp(
            "\(declaration.documentation) (\(declaration.variable); default: \(declaration.defaultText))",
            valueName: declaration.placeholder
        )
    }
}
