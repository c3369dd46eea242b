import Reports
import Testing

@Suite struct `An app's telemetry` {
    private static func events(_ text: String) throws(ReportError) -> [TelemetryExport.Event] {
        guard case .telemetry(let telemetry) = try contents(text) else { throw ReportError("no telemetry") }
        return telemetry.events
    }

    @Test func `an event has a name, an end, a length, and whether it failed`() throws {
        let events = try Self.events(
            #"""
            {
              "app": "shell", "device": {"os": "linux", "cores": 8},
              "events": [
                {"event_type": "command_generated", "success": true, "generation_time_ms": 812.5,
                 "timestamp": "2026-05-04T10:00:00Z", "backend_used": "local", "tags": ["a"], "note": null},
                {"event_type": "session", "success": false, "duration_ms": 3, "timestamp": 1777888800, "app": "other"},
                {"event_type": "idle"}
              ]
            }
            """#)
        #expect(events.map(\.name) == ["command_generated", "session", "idle"])
        #expect(events.map(\.seconds) == [0.8125, 0.003, 0])
        #expect(events.map(\.isFailure) == [false, true, false])
        #expect(events.map(\.end) == [1_777_888_800_000, 1_777_888_800_000, nil])
        #expect(
            events[0].attributes == [
                "app": .text("shell"), "device.os": .text("linux"), "device.cores": .number(8),
                "success": .truth(true), "generation_time_ms": .number(812.5), "backend_used": .text("local"),
            ])
        #expect(events[1].attributes["app"] == .text("other"))
    }

    @Test(
        arguments: [1_777_888_800, 1_777_888_800_000, 1_777_888_800_000_000, 1_777_888_800_000_000_000]
            as [Int64])
    func `a time may be a number of any unit`(_ number: Int64) throws {
        let events = try Self.events(#"{"events": [{"event_type": "a", "timestamp": \#(number)}]}"#)
        #expect(events.first?.end == 1_777_888_800_000)
    }

    @Test func `an export without events is one`() throws {
        #expect(try Self.events(#"{"events": []}"#).isEmpty)
    }

    @Test(arguments: [
        (#"{"a": 1}"#, "not an app's telemetry: a JSON object with a list 'events'"),
        (#"{"events": {}}"#, "not an app's telemetry: a JSON object with a list 'events'"),
        (#"{"events": [{"event_type": "a"}, 1]}"#, "event 2: not an object"),
        (#"{"events": [{"success": true}]}"#, "event 1: 'event_type' has to be a text"),
        (
            #"{"events": [{"event_type": "a", "timestamp": "noon"}]}"#,
            "event 1: 'timestamp' has to be an ISO 8601 time or a number, not 'noon'"
        ),
        (
            #"{"events": [{"event_type": "a", "generation_time_ms": "fast"}]}"#,
            "event 1: 'generation_time_ms' has to be milliseconds, not 'fast'"
        ),
        (
            #"{"events": [{"event_type": "a", "duration_ms": -1}]}"#,
            "event 1: 'duration_ms' has to be milliseconds, not -1.0"
        ),
    ])
    func `says what is wrong, and with which event`(_ text: String, _ reason: String) {
        #expect(throws: ReportError(reason)) { try Self.events(text) }
    }

    @Test func `a document that breaks off is refused`() {
        let error = #expect(throws: ReportError.self) { try Self.events("{\n\"events\": [") }
        #expect(
            error?.reason.hasPrefix(
                "neither lines of pytest-reportlog nor a JSON document of an app's telemetry: ")
                == true)
    }

    @Test func `a document is bounded`() {
        var limits = ReportLimits()
        limits.documentByteCount = 10
        #expect(throws: ReportError("a JSON document of more than 10 bytes")) {
            try contents(#"{"events": []}"#, limits: limits)
        }
        limits = ReportLimits()
        limits.caseCount = 1
        #expect(throws: ReportError("more than 1 events")) {
            try contents(#"{"events": [{"event_type": "a"}, {"event_type": "a"}]}"#, limits: limits)
        }
    }

    @Test func `nesting without end is refused`() {
        let deep = String(repeating: "{\"a\":", count: 100_000)
        #expect(throws: ReportError.self) { try contents(deep, step: 4_096) }
    }
}
