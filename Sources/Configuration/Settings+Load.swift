extension Settings {
    /// The largest configuration file; far above any real one.
    package static let fileByteCountMax = 1 << 20

    /// Reads and checks the whole configuration.
    ///
    /// - Parameters:
    ///   - flags: the flags that were given.
    ///   - environment: the process's environment.
    ///   - readFile: the text of the file at a path; nil where there is no such file.
    /// - Throws: `ConfigurationError` with all problems of all sources.
    package static func load(
        flags: FlagValues,
        environment: [String: String],
        readFile: (_ path: String) throws -> String?
    ) throws(ConfigurationError) -> Settings {
        var early = SettingsResolver(flags: flags, environment: environment, file: nil)
        guard let path = early.value(Options.config) else {
            throw ConfigurationError(problems: early.problems)
        }
        let origin = early.origin(of: Options.config)
        let file = try read(path, origin: origin, readFile)
        var resolver = SettingsResolver(flags: flags, environment: environment, file: file)
        reportUnknownVariables(&resolver)
        let home = environment["HOME"]
        guard let settings = settings(&resolver, path: file == nil ? nil : path, home: home),
            resolver.problems.isEmpty
        else {
            throw ConfigurationError(problems: resolver.problems.inSourceOrder)
        }
        return settings
    }

    private static func read(
        _ path: FilePath, origin: ValueOrigin, _ readFile: (String) throws -> String?
    ) throws(ConfigurationError) -> ConfigurationFile? {
        let message: String
        do {
            if let text = try readFile(path.text) {
                guard text.utf8.count <= fileByteCountMax else {
                    throw ConfigurationError(problems: [
                        ConfigurationProblem(
                            origin: .file(path.text, line: nil),
                            message:
                                "the file has \(text.utf8.count) bytes; wanted at most \(fileByteCountMax)")
                    ])
                }
                return ConfigurationFile(text: text, path: path.text)
            }
            if origin == .standard { return nil }
            message = "config is '\(path.text)'; wanted a file that exists"
        } catch let error as ConfigurationError {
            throw error
        } catch {
            message = "config is '\(path.text)'; wanted a file that can be read (\(error))"
        }
        throw ConfigurationError(problems: [ConfigurationProblem(origin: origin, message: message)])
    }

    /// A variable that is nearly an option's is a mistake; others may be somebody else's (a Kubernetes service of
    /// our name sets SPANMETER_SERVICE_HOST and SPANMETER_PORT).
    private static func reportUnknownVariables(_ resolver: inout SettingsResolver) {
        let known = Options.declarations.filter(\.isInEnvironment).map(\.variable)
        for name in resolver.environment.keys.sorted()
        where name.hasPrefix("SPANMETER_") && !known.contains(name) {
            let suffix = String(name.dropFirst("SPANMETER_".count))
            let suffixes = known.map { String($0.dropFirst("SPANMETER_".count)) }
            guard let near = nearestName(to: suffix, in: suffixes) else { continue }
            resolver.report(.variable(name), "\(name) is no option; did you mean SPANMETER_\(near)")
        }
    }

    private static func settings(
        _ resolver: inout SettingsResolver, path: FilePath?, home: String?
    ) -> Settings? {
        // Every option is asked for before any guard, so that all problems are found.
        let grpc = resolver.value(Options.otlpGRPC)
        let http = resolver.value(Options.otlpHTTP)
        let metrics = resolver.value(Options.metrics)
        let data = resolver.value(Options.data)
        let environment = resolver.value(Options.environment)
        let timeZone = resolver.value(Options.timeZone)
        let packs = packSettings(&resolver, path: path, home: home)
        let limits = limits(&resolver)
        let keeping = keeping(&resolver)
        let tests = Tests(&resolver)
        let skills = skills(&resolver, base: { base($0, path) }, home: home)
        let skillService = resolver.value(Options.Skills.service)
        let kit = Kit(&resolver)
        let grafana = Grafana(&resolver, base: { base($0, path) }, home: home)
        let createdLines = resolver.value(Options.expositionCreatedLines)
        let remoteWrite = remoteWrite(&resolver, base: { base($0, path) }, home: home)
        let grace = resolver.value(Options.shutdownGrace)
        let logLevel = resolver.value(Options.logLevel)
        let logFormat = resolver.value(Options.logFormat)
        _ = resolver.value(Options.config)
        reportCollisions(&resolver, grpc: grpc, http: http, metrics: metrics)
        guard let grpc, let http, let metrics, let data, let environment, let timeZone, let packs, let limits,
            let keeping,
            let tests, let skillService, let kit, let grafana, let createdLines, let grace, let logLevel,
            let logFormat
        else { return nil }
        return Settings(
            otlpGRPC: grpc,
            otlpHTTP: http,
            metrics: metrics,
            data: data.resolved(base: base(resolver.origin(of: Options.data), path), home: home),
            environment: environment,
            timeZone: timeZone,
            packs: packs,
            limits: limits,
            keeping: keeping,
            tests: tests,
            skills: skills,
            skillService: skillService,
            kit: kit,
            grafana: grafana,
            objectives: resolver.file?.objectives ?? [],
            prices: resolver.file?.prices ?? PriceSettings(),
            experiments: resolver.file?.experiments ?? [],
            exposition: Settings.Exposition(createdLines: createdLines),
            remoteWrite: remoteWrite,
            shutdownGrace: grace,
            logLevel: logLevel,
            logFormat: logFormat,
            file: path,
            effective: resolver.effective()
        )
    }

    /// The directory that relative paths from `origin` start at; nil for the working directory.
    private static func base(_ origin: ValueOrigin, _ path: FilePath?) -> String? {
        guard case .file = origin else { return nil }
        return path?.directory
    }

    private static func packSettings(
        _ resolver: inout SettingsResolver, path: FilePath?, home: String?
    ) -> PackSettings? {
        let enabled = resolver.value(Options.packsEnabled)
        let disabled = resolver.value(Options.packsDisabled)
        let files = resolver.value(Options.packsFiles)
        guard let enabled, let disabled, let files else { return nil }
        let base = base(resolver.origin(of: Options.packsFiles), path)
        return PackSettings(
            enabled: resolver.origin(of: Options.packsEnabled) == .standard ? nil : enabled,
            disabled: disabled,
            files: files.map { FilePath($0).resolved(base: base, home: home) },
            options: resolver.file?.packOptions ?? []
        )
    }

    private static func keeping(_ resolver: inout SettingsResolver) -> Keeping? {
        let durability = resolver.value(Options.Keeping.durability)
        let relaxed = resolver.value(Options.Keeping.relaxedWindow)
        let zeroFirst = resolver.value(Options.Keeping.zeroFirst)
        let stale = resolver.value(Options.Keeping.staleAfter)
        let window = resolver.value(Options.Keeping.dedupeWindow)
        let spans = resolver.value(Options.Keeping.dedupeSpans)
        let linger = resolver.value(Options.Keeping.linger)
        guard let durability, let relaxed, let zeroFirst, let stale, let window, let spans, let linger else {
            return nil
        }
        return Keeping(
            durability: durability, relaxedWindow: relaxed, zeroFirst: zeroFirst.duration, staleAfter: stale,
            dedupeWindow: window, dedupeSpans: spans, linger: linger
        )
    }

    private static func limits(_ resolver: inout SettingsResolver) -> Limits? {
        let request = resolver.value(Options.Limits.requestBytes)
        let inflight = resolver.value(Options.Limits.inflightBytes)
        let perCore = resolver.value(Options.Limits.requestsPerCore)
        let connections = resolver.value(Options.Limits.connections)
        let requestTimeout = resolver.value(Options.Limits.requestTimeout)
        let idleTimeout = resolver.value(Options.Limits.idleTimeout)
        let labelValue = resolver.value(Options.Limits.labelValueBytes)
        let values = resolver.value(Options.Limits.valuesPerLabel)
        let meter = resolver.value(Options.Limits.seriesPerMeter)
        let series = resolver.value(Options.Limits.series)
        let openCases = resolver.value(Options.Limits.openCases)
        let tests = resolver.value(Options.Limits.tests)
        if let request, let inflight, request > inflight {
            let origin = resolver.origin(of: Options.Limits.inflightBytes)
            resolver.report(
                origin == .standard ? resolver.origin(of: Options.Limits.requestBytes) : origin,
                "limits.inflight_bytes is '\(inflight.configurationText)'; "
                    + "wanted at least limits.request_bytes, \(request.configurationText)"
            )
        }
        guard let request, let inflight, let perCore, let connections, let requestTimeout, let idleTimeout,
            let labelValue, let values, let meter, let series, let openCases, let tests
        else { return nil }
        return Limits(
            requestBytes: request.byteCount, inflightBytes: inflight.byteCount, requestsPerCore: perCore,
            connections: connections, requestTimeout: requestTimeout, idleTimeout: idleTimeout,
            labelValueBytes: labelValue, valuesPerLabel: values, seriesPerMeter: meter, series: series,
            openCases: openCases, tests: tests
        )
    }

    private static func reportCollisions(
        _ resolver: inout SettingsResolver, grpc: ListenAddress?, http: ListenAddress?,
        metrics: ListenAddress?
    ) {
        let listeners = [(Options.otlpGRPC, grpc), (Options.otlpHTTP, http), (Options.metrics, metrics)]
        for (index, (option, address)) in listeners.enumerated() {
            for (other, otherAddress) in listeners[..<index] {
                guard let address, let otherAddress, address.collides(with: otherAddress) else { continue }
                let origin = resolver.origin(of: option)
                resolver.report(
                    origin == .standard ? resolver.origin(of: other) : origin,
                    "\(option.declaration.key) is '\(address.configurationText)' and \(other.declaration.key) is "
                        + "'\(otherAddress.configurationText)'; wanted different ports")
            }
        }
    }
}

extension [ConfigurationProblem] {
    /// The file's problems by line, the environment's by name, the flags'; equal ones once.
    fileprivate var inSourceOrder: [ConfigurationProblem] {
        var seen: Set<ConfigurationProblem> = []
        let sorted = enumerated().sorted { left, right in
            let (a, b) = (left.element.origin.rank, right.element.origin.rank)
            return a == b ? left.offset < right.offset : a < b
        }
        return sorted.map(\.element).filter { seen.insert($0).inserted }
    }
}

extension ValueOrigin {
    /// A key to sort by: kind of source, line, name.
    fileprivate var rank: (Int, Int, String) {
        switch self {
        case .file(_, let line): (0, line ?? 0, "")
        case .variable(let name): (1, 0, name)
        case .flag(let name): (2, 0, name)
        case .standard: (3, 0, "")
        }
    }
}
