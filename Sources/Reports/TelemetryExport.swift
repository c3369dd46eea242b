import FoundationEssentials

/// An app's own telemetry in one JSON document: `{"events": [{"event_type": …, "success": …, …}, …]}`.
///
/// Every event is an object with `event_type`. `success: false` says that it failed, `timestamp` when it ended (ISO
/// 8601, or a number since 1970), `generation_time_ms` or `duration_ms` how long it took. What else it has, and what
/// stands beside `events`, is kept under its own name; of an object within, each member as `object.member`.
package struct TelemetryExport: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Double)
        case truth(Bool)
    }

    package struct Event: Sendable, Equatable {
        package var name: String
        /// Milliseconds since 1970; nil where the event gives no time.
        package var end: Int64?
        /// Not negative.
        package var seconds: Double
        package var isFailure: Bool
        /// By name, in the order of their names; those of the export are among them.
        package var attributes: [String: Value]
    }

    /// In the file's order.
    package var events: [Event]

    private static let eventsKey = "events"
    private static let nameKey = "event_type"
    private static let timeKey = "timestamp"
    private static let successKey = "success"
    private static let durationKeys = ["generation_time_ms", "duration_ms"]

    /// Reads a whole document.
    ///
    /// - Throws: what the document is refused for, and which event is to blame.
    init(_ bytes: [UInt8], limits: ReportLimits) throws(ReportError) {
        let decoder = JSONDecoder()
        let document: JSONTree
        do {
            document = try decoder.decode(JSONTree.self, from: Data(bytes))
        } catch {
            throw ReportError(
                "neither lines of pytest-reportlog nor a JSON document of an app's telemetry: \(Self.reason(error))"
            )
        }
        guard case .object(var members) = document, case .list(let entries)? = members[Self.eventsKey] else {
            throw ReportError("not an app's telemetry: a JSON object with a list 'events'")
        }
        guard entries.count <= limits.caseCount else {
            throw ReportError("more than \(limits.caseCount) events")
        }
        members[Self.eventsKey] = nil
        var shared: [String: Value] = [:]
        try Self.add(.object(members), "", &shared, limits)
        events = []
        events.reserveCapacity(entries.count)
        for entry in entries {
            do {
                events.append(try Self.event(entry, shared, limits))
            } catch {
                throw ReportError("event \(events.count + 1): \(error.reason)")
            }
        }
    }

    private static func event(_ entry: JSONTree, _ shared: [String: Value], _ limits: ReportLimits)
        throws(ReportError) -> Event
    {
        guard case .object(var members) = entry else { throw ReportError("not an object") }
        guard case .text(let name)? = members[nameKey], !name.isEmpty else {
            throw ReportError("'\(nameKey)' has to be a text")
        }
        var isFailure = false
        if case .truth(let success)? = members[successKey] { isFailure = !success }
        let end = try time(members[timeKey])
        var seconds = 0.0
        for key in durationKeys {
            guard let value = members[key], value != .null else { continue }
            guard case .number(let milliseconds) = value, milliseconds >= 0, milliseconds < 1e12 else {
                throw ReportError("'\(key)' has to be milliseconds, not \(value)")
            }
            seconds = milliseconds / 1_000
            break
        }
        members[nameKey] = nil
        members[timeKey] = nil
        var attributes = shared
        try add(.object(members), "", &attributes, limits)
        return Event(name: name, end: end, seconds: seconds, isFailure: isFailure, attributes: attributes)
    }

    /// Milliseconds since 1970 of a text, or of a number of seconds, milliseconds, microseconds or nanoseconds.
    private static func time(_ value: JSONTree?) throws(ReportError) -> Int64? {
        switch value {
        case nil, .null?: return nil
        case .text(let text)?:
            if let time = ReportTime.milliseconds(text) { return time }
        case .number(var number)? where number >= 0 && number < 1e20:
            // Seconds have ten digits until the year 2286.
            while number >= 1e14 { number /= 1_000 }
            return Int64((number >= 1e11 ? number : number * 1_000).rounded())
        default: break
        }
        throw ReportError("'\(timeKey)' has to be an ISO 8601 time or a number, not \(value ?? .null)")
    }

    /// Adds what is no list and not null.
    private static func add(
        _ value: JSONTree, _ name: String, _ attributes: inout [String: Value], _ limits: ReportLimits
    ) throws(ReportError) {
        switch value {
        case .null, .list: break
        case .truth(let truth): attributes[name] = .truth(truth)
        case .number(let number): attributes[name] = .number(number)
        case .text(let text):
            guard text.utf8.count <= limits.textByteCount else {
                throw ReportError("'\(name)' has more than \(limits.textByteCount) bytes")
            }
            attributes[name] = .text(text)
        case .object(let members):
            for (key, member) in members {
                try add(member, name.isEmpty ? key : "\(name).\(key)", &attributes, limits)
            }
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
        return context.debugDescription
    }
}

/// Any JSON value.
private enum JSONTree: Decodable, Equatable, CustomStringConvertible {
    case null
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONTree].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    /// For messages: what it is, and a short value itself.
    var description: String {
        switch self {
        case .null: "null"
        case .truth(let truth): "\(truth)"
        case .number(let number): "\(number)"
        case .text(let text): "'\(text.prefix(40))'"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
