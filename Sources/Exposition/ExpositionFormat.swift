/// A format that `/metrics` is served in.
package enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus' text format 0.0.4.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics
    /// Prometheus' protobuf, `MetricFamily` messages with their lengths before them.
    case protobuf

    /// The Content-Type of an answer. Text 0.0.4 is older than escaping and says nothing of it.
    package func contentType(_ escaping: NameEscaping) -> String {
        switch self {
        case .text: TextFormat.contentType
        case .openMetrics:
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=\(escaping.rawValue)"
        case .protobuf:
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
                + "escaping=\(escaping.rawValue)"
        }
    }
}

/// How metric and label names beyond `[a-zA-Z0-9_:]` are written.
///
/// We have no such names, so these schemes write ours alike. The scheme `dots`, which doubles underscores, is not
/// offered; who asks for it is told that names are in `underscores`, the default.
package enum NameEscaping: String, Sendable, Hashable {
    case underscores
    case values
    case allowUTF8 = "allow-utf-8"
}
