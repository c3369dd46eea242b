/// The whole configuration, checked: every value is of its type and in its range.
package struct Settings: Sendable {
    /// The configuration file that is read, if it exists, where none is named.
    package static let implicitFile = "spanmeter.yaml"

    /// Where OTLP over gRPC is received.
    package var otlpGRPC: ListenAddress

    /// Where OTLP over HTTP is received.
    package var otlpHTTP: ListenAddress

    /// Where Prometheus scrapes.
    package var metrics: ListenAddress

    /// The directory of durable state.
    package var data: FilePath

    /// The `environment` label of spans that name none; never empty.
    package var environment: String

    /// Where calendar days begin, by its name in the tz database.
    package var timeZone: String

    /// Which packs are used, and with which options.
    package var packs: PackSettings

    /// The limits.
    package var limits: Limits

    /// What survives, and how new series are shown.
    package var keeping: Keeping

    /// How results of tests are made and remembered.
    package var tests: Tests

    /// Where skills are kept; nil where nobody has said so.
    package var skills: Skills?

    /// The label service of changes of a skill of which no service has sent spans.
    package var skillService: String

    /// What `spanmeter generate` writes into rules and alerts.
    package var kit: Kit

    /// How `spanmeter provision` reaches Grafana, and who may do what there.
    package var grafana: Grafana

    /// Targets in place of those of the packs, in file order.
    package var objectives: [ObjectiveSetting]

    /// What model calls cost.
    package var prices: PriceSettings

    /// What is known of experiments beforehand, in file order.
    package var experiments: [ExperimentSetting]

    /// How `/metrics` is written.
    package var exposition: Exposition

    /// The final push by remote write; nil where none is wanted.
    package var remoteWrite: RemoteWrite?

    /// How long requests in progress may take to finish on a stop.
    package var shutdownGrace: Duration

    /// The least severe log line.
    package var logLevel: LogLevel

    /// How log lines look.
    package var logFormat: LogFormat

    /// The configuration file that was read, if any.
    package var file: FilePath?

    /// Every option with its value and where that came from, in the order of the reference; secrets are masked.
    package var effective: [EffectiveOption]

    /// Which packs are used, and with which options.
    package struct PackSettings: Sendable, Equatable {
        /// Names of the built-in packs to use; nil for all.
        package var enabled: [String]?

        /// Names of packs not to use.
        package var disabled: [String]

        /// Paths or globs of the user's packs, relative ones already put below the configuration file's directory.
        package var files: [FilePath]

        /// The entries below `packs.options`, in file order.
        package var options: [PackOption]
    }

    /// What survives a crash and a restart, and how new series are shown.
    package struct Keeping: Sendable, Equatable {
        /// What an acknowledged span survives.
        package var durability: Durability

        /// With `relaxed`: the longest time between two commits.
        package var relaxedWindow: Duration

        /// How long a new series shows 0 at most; nil where it shows its value at once.
        package var zeroFirst: Duration?

        /// How long a series stays without a change.
        package var staleAfter: Duration

        /// How long a span is known.
        package var dedupeWindow: Duration

        /// How many spans are known at most.
        package var dedupeSpans: Int

        /// How long a stop waits for scrapers.
        package var linger: Duration
    }

    /// How `/metrics` is written.
    package struct Exposition: Sendable, Equatable {
        /// Whether OpenMetrics says with `_created` lines when a series began.
        package var createdLines: Bool
    }

    /// The limits, each with its metric and its behaviour where it is enforced.
    package struct Limits: Sendable, Equatable {
        /// One request body after decompression.
        package var requestBytes: Int

        /// All request bodies in memory.
        package var inflightBytes: Int

        /// Requests in decoding at once per core.
        package var requestsPerCore: Int

        /// Open connections over all listeners.
        package var connections: Int

        /// A request's time to arrive in full.
        package var requestTimeout: Duration

        /// A connection's time without a request.
        package var idleTimeout: Duration

        /// One label value.
        package var labelValueBytes: Int

        /// Values of one label of a meter.
        package var valuesPerLabel: Int

        /// Label combinations of one meter.
        package var seriesPerMeter: Int

        /// Label combinations of all meters.
        package var series: Int

        /// Test cases that wait for their result at once.
        package var openCases: Int

        /// Tests that are remembered.
        package var tests: Int
    }
}

/// An option's value in force.
package struct EffectiveOption: Sendable, Equatable {
    /// The option's key.
    package let key: String

    /// The value as one would write it; `(secret)` for secrets, empty for an empty list.
    package let text: String

    /// Where it came from.
    package let origin: ValueOrigin
}

/// The flags of a command line that are options, as their texts.
package struct FlagValues: Sendable {
    /// Texts by the key of their option.
    private(set) var texts: [String: String] = [:]

    /// No flags.
    package init() {}

    /// Notes a flag's text; nil where the flag was not given.
    package mutating func set<Value>(_ option: ConfigurationOption<Value>, to text: String?) {
        texts[option.declaration.key] = text
    }
}
