internal import Foundation

/// Every option of spanmeter, each declared here and nowhere else.
///
/// A new option gets its constant here, a place in `declarations`, and its field in `Settings`.
package enum Options {
    /// OTLP over gRPC.
    package static let otlpGRPC = ConfigurationOption(
        "otlp.grpc", default: ListenAddress(host: "localhost", port: 4317), flag: true,
        "Where OTLP over gRPC is received; localhost means 127.0.0.1 and ::1, port 0 a free port."
    )

    /// OTLP over HTTP.
    package static let otlpHTTP = ConfigurationOption(
        "otlp.http", default: ListenAddress(host: "localhost", port: 4318), flag: true,
        "Where OTLP over HTTP is received, as protobuf, on /v1/traces."
    )

    /// The scrape endpoint.
    package static let metrics = ConfigurationOption(
        "metrics", default: ListenAddress(host: "localhost", port: 9464), flag: true,
        "Where Prometheus scrapes /metrics; /-/healthy and /-/ready answer there, too."
    )

    /// The directory of durable state.
    package static let data = ConfigurationOption<FilePath>(
        "data",
        default: .computed(
            text: "$XDG_STATE_HOME/spanmeter, else ~/.local/state/spanmeter",
            wanted: "a directory; neither XDG_STATE_HOME nor HOME is set to find the default"
        ) { environment in
            if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
                return FilePath(state).appending("spanmeter")
            }
            guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
            return FilePath(home).appending(".local/state/spanmeter")
        },
        flag: true,
        "The directory of everything that survives a restart; made if it does not exist."
    )

    /// The configuration file.
    package static let config = ConfigurationOption<FilePath>(
        "config",
        default: .computed(
            text: "\(Settings.implicitFile) in the working directory, if there is one",
            wanted: "a path", { _ in FilePath(Settings.implicitFile) }
        ),
        flag: true, inFile: false,
        "The configuration file, YAML; a file that is named here must exist."
    )

    /// The value of the `environment` label.
    package static let environment = ConfigurationOption<String>(
        "environment", default: .constant("default"),
        rangeText: "text of 1 to 256 bytes",
        isAllowed: { (1...256).contains($0.utf8.count) },
        "The value of the label environment for spans that name none."
    )

    /// Where days begin, and work hours are.
    package static let timeZone = ConfigurationOption<String>(
        "time_zone", default: .constant("UTC"),
        rangeText: "a name of the tz database such as Europe/Berlin",
        isAllowed: { $0.wholeMatch(of: /[A-Za-z0-9_+\/-]+/) != nil && TimeZone(identifier: $0) != nil },
        "The time zone of calendar days, as costs of a day and a month have them, and of work hours."
    )

    /// Packs to use.
    package static let packsEnabled = ConfigurationOption<[String]>(
        "packs.enabled", default: .computed(text: "all built-in packs", wanted: "a list", { _ in [] }),
        "The built-in packs to use, by name; packs of packs.files are always used unless disabled."
    )

    /// Packs not to use.
    package static let packsDisabled = ConfigurationOption<[String]>(
        "packs.disabled", default: .computed(text: "none", wanted: "a list", { _ in [] }),
        "Packs not to use, by name; wins over packs.enabled."
    )

    /// The user's own packs.
    package static let packsFiles = ConfigurationOption<[String]>(
        "packs.files", default: .computed(text: "none", wanted: "a list", { _ in [] }),
        "Files of your own packs; paths or globs, relative to the configuration file."
    )

    /// `_created` in OpenMetrics.
    package static let expositionCreatedLines = ConfigurationOption(
        "exposition.created_lines", default: false,
        "Whether OpenMetrics has a line _created beside each counter and histogram; protobuf always says it."
    )

    /// How long a stop may take.
    package static let shutdownGrace = ConfigurationOption(
        "shutdown.grace", default: Duration.seconds(10), in: .zero ... .seconds(600),
        "How long requests in progress may take to finish after SIGTERM or SIGINT."
    )

    /// The least severe log line.
    package static let logLevel = ConfigurationOption(
        "log.level", default: LogLevel.info, "The least severe log line that is written to standard error."
    )

    /// How log lines look.
    package static let logFormat = ConfigurationOption(
        "log.format", default: LogFormat.text,
        "How log lines are written: text for people, json for machines."
    )

    /// The free map that is passed on to the packs; `PackOptions` reads it.
    package static let packsOptions = OptionDeclaration(
        key: "packs.options", hasFlag: false, isInFile: true, isInEnvironment: false, isSecret: false,
        placeholder: "{PACK: {OPTION: VALUE}}", defaultText: "none", rangeText: nil,
        documentation:
            "What a pack declares as its options: text, a number, true or false, or a list of texts."
    )

    /// The free map of targets; `ObjectiveSetting` is what is read of it.
    package static let objectives = OptionDeclaration(
        key: "objectives", hasFlag: false, isInFile: true, isInEnvironment: false, isSecret: false,
        placeholder: "{OBJECTIVE: {BOUND: NUMBER}}", defaultText: "the packs' own targets", rangeText: nil,
        documentation:
            "Targets in place of those of the packs: target, amber, red, min, max or stretch of an objective."
    )

    /// The table of prices; `PriceSettings` is what is read of it.
    package static let prices = OptionDeclaration(
        key: "prices", hasFlag: false, isInFile: true, isInEnvironment: false, isSecret: false,
        placeholder: "{version: TEXT, source: TEXT, models: {GLOB: {input: USD, output: USD}}}",
        defaultText: "none: what a call costs is known only where its span says it", rangeText: nil,
        documentation:
            "What models cost in USD per million tokens: input, output, cache_read, cache_write; the first glob counts."
    )

    /// The free map of experiments; `ExperimentSetting` is what is read of it.
    package static let experiments = OptionDeclaration(
        key: "experiments", hasFlag: false, isInFile: true, isInEnvironment: false, isSecret: false,
        placeholder: "{EXPERIMENT: {shares: {VARIANT: NUMBER}}}", defaultText: "equal shares for all arms",
        rangeText: nil,
        documentation:
            "What share of the cases each arm of an experiment is meant to get, in proportion to the others."
    )

    /// All of them in the order of the reference.
    package static let declarations: [OptionDeclaration] =
        [
            config.declaration,
            otlpGRPC.declaration, otlpHTTP.declaration, metrics.declaration, data.declaration,
            environment.declaration, timeZone.declaration,
            packsEnabled.declaration, packsDisabled.declaration, packsFiles.declaration, packsOptions,
            objectives, prices, experiments,
            Limits.requestBytes.declaration, Limits.inflightBytes.declaration,
            Limits.requestsPerCore.declaration,
            Limits.connections.declaration, Limits.requestTimeout.declaration, Limits.idleTimeout.declaration,
            Limits.labelValueBytes.declaration, Limits.valuesPerLabel.declaration,
            Limits.seriesPerMeter.declaration,
            Limits.series.declaration, Limits.openCases.declaration, Limits.tests.declaration,
        ] + Keeping.declarations + Tests.declarations + Skills.declarations + Kit.declarations
        + Grafana.declarations + [
            expositionCreatedLines.declaration,
            RemoteWrite.url.declaration, RemoteWrite.bearerToken.declaration,
            RemoteWrite.bearerTokenFile.declaration, RemoteWrite.headers.declaration,
            RemoteWrite.labels.declaration, RemoteWrite.timeout.declaration, RemoteWrite.deadline.declaration,
            shutdownGrace.declaration, logLevel.declaration, logFormat.declaration,
        ]
}
