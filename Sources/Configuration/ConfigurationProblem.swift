/// Where a value came from.
package enum ValueOrigin: Sendable, Hashable, CustomStringConvertible {
    /// A flag, without its dashes.
    case flag(String)

    /// An environment variable.
    case variable(String)

    /// A line of the configuration file, counted from 1; no line where the file as a whole is meant.
    case file(String, line: Int?)

    /// The default.
    case standard

    /// As it begins a message: `spanmeter.yaml:3`, `SPANMETER_DATA`, `--data`.
    package var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .variable(let name): name
        case .file(let path, let line?): "\(path):\(line)"
        case .file(let path, nil): path
        case .standard: "default"
        }
    }
}

/// One thing that is wrong with the configuration.
package struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where the wrong value stands.
    package let origin: ValueOrigin

    /// What is wrong and what was wanted; never a secret.
    package let message: String

    /// Describes a problem at `origin`.
    package init(origin: ValueOrigin, message: String) {
        self.origin = origin
        self.message = message
    }

    /// One line: `spanmeter.yaml:3: limits.series is '0'; wanted 1 to 10000000`.
    package var description: String { "\(origin): \(message)" }
}

/// Everything that is wrong with the configuration, at least one problem.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// In the order of sources (file by line, environment by name, flags), then contradictions between options.
    package let problems: [ConfigurationProblem]

    /// One line per problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
