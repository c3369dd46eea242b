import Configuration
import Foundation
import Logging

/// Writes log lines to standard error: `key=value` text for people, or JSON for machines.
struct LineLogHandler: LogHandler {
    private let format: LogFormat
    private let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(label: String, format: LogFormat, level: Logger.Level) {
        self.label = label
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues { "\($0)" }
        let time = Date().formatted(.iso8601)
        switch format {
        case .text:
            let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted($0.value))" }
            StandardError.print("\(time) \(event.level) \(event.message)\(pairs.joined())")
        case .json:
            fields["time"] = time
            fields["level"] = "\(event.level)"
            fields["message"] = "\(event.message)"
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let line = try? encoder.encode(fields) else { return }
            StandardError.print(String(decoding: line, as: UTF8.self))
        }
    }

    private static func quoted(_ value: String) -> String {
        value.contains { $0 == " " || $0 == "\"" || $0.isNewline } ? value.debugDescription : value
    }
}
