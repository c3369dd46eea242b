/// The least severe log line that is written; the names are swift-log's.
package enum LogLevel: String, ConfigurationValue, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// How log lines are written to standard error.
package enum LogFormat: String, ConfigurationValue, CaseIterable {
    /// `key=value` pairs for people.
    case text

    /// One JSON object a line for machines.
    case json
}

extension ConfigurationValue where Self: RawRepresentable<String> & CaseIterable {
    package static var placeholder: String {
        allCases.map(\.rawValue).joined(separator: "|")
    }

    package init(configurationText text: String) throws(ValueProblem) {
        guard let value = Self(rawValue: text) else {
            throw ValueProblem(wanted: "one of " + Self.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = value
    }

    package var configurationText: String { rawValue }
}
