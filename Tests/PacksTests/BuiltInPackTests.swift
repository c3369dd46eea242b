import MetricModel
import Packs
import Testing

@Suite struct `Built-in packs` {
    /// With the names of Tempo and with those of the Collector.
    static func sets() throws -> [PackSet] {
        try ["tempo", "collector"].map {
            try PackSet(sources: PackSource.builtIn, options: ["spanmetrics": ["names": .text($0)]])
        }
    }

    @Test func `load without a problem`() throws {
        let names = try PackSet(sources: PackSource.builtIn).packs.map(\.name)
        #expect(
            names == ["spanmetrics", "tests", "routing-tests", "experiments", "genai", "http", "spanmeter"])
    }

    @Test func `explain every metric in a sentence`() throws {
        for family in try Self.sets().flatMap(\.catalog.families) {
            let help = family.help
            #expect(help.first?.isUppercase == true, "\(family.name): \(help)")
            #expect(help.hasSuffix("."), "\(family.name): \(help)")
            #expect(help.split(separator: " ").count >= 2, "\(family.name): \(help)")
            #expect(!help.contains("\n") && help.allSatisfy(\.isASCII), "\(family.name): \(help)")
            #expect(!help.hasPrefix("From pack"), "\(family.name) has no help of its own")
        }
    }

    @Test func `name metrics as Prometheus wants them`() throws {
        for family in try Self.sets().flatMap(\.catalog.families) {
            let name = family.name.text
            #expect(name.hasSuffix("_total") == (family.kind == .counter), "\(name)")
            #expect(name.hasSuffix("_info") == (family.kind == .gauge), "\(name)")
            for unit in ["_ms", "_minutes", "_kb"] { #expect(!name.contains(unit), "\(name)") }
        }
    }

    @Test func `give every series service and environment first, and no label twice`() throws {
        for table in try PackSet(sources: PackSource.builtIn).catalog.tables {
            #expect(table.labels.prefix(2).map(\.text) == ["service", "environment"], "\(table.name)")
            #expect(Set(table.labels).count == table.labels.count, "\(table.name)")
        }
        for table in try Self.sets()[1].catalog.tables where table.name == "spanmetrics/calls" {
            #expect(
                table.labels.map(\.text) == [
                    "service_name", "environment", "span_name", "span_kind", "status_code",
                ])
        }
    }

    @Test func `bound what a sender could choose freely more tightly`() throws {
        let tables = try PackSet(sources: PackSource.builtIn).catalog.tables
        let limits = tables.flatMap { table in
            zip(table.labels, table.valueLimits).compactMap { label, limit in
                limit.map { "\(table.name) \(label) \($0)" }
            }
        }
        #expect(
            limits == [
                "tests/patterns pattern 60", "routing-tests/routed expected_skill 100",
                "routing-tests/routed actual_skill 100", "routing-tests/patterns pattern 110",
            ])
    }

    @Test func `count results of tests and show their history`() throws {
        let packs = try PackSet(sources: PackSource.builtIn, enabled: ["tests"])
        #expect(
            packs.catalog.families.map(\.name.text) == [
                "test_attempts_total", "test_case_duration_seconds", "test_case_results_total",
                "test_failure_patterns_total", "test_retries_total", "test_retry_waste_seconds_total",
                "test_run_duration_seconds", "test_runs_total", "test_worker_busy_seconds_total",
            ])
        #expect(packs.packs.first?.meters.allSatisfy { $0.source != .spans } == true)
        let gauges = packs.gauges
        #expect(
            gauges.catalog.families.map(\.name.text) == [
                "test_case_consecutive_failures", "test_case_duration_p50_seconds", "test_case_entropy",
                "test_case_flakiness", "test_case_flip_rate", "test_case_last_seen_timestamp_seconds",
                "test_case_pass_ratio", "test_case_pass_ratio_high", "test_case_pass_ratio_low",
                "test_case_stability", "test_case_state", "test_cases", "test_cases_missing",
                "test_run_active", "test_run_last_cases", "test_run_last_duration_seconds",
                "test_run_last_pass_ratio", "test_run_last_timestamp_seconds", "test_suite_pass_ratio",
                "test_worker_last_span_timestamp_seconds", "test_workers",
            ])
        #expect(gauges.tables.map(\.subject) == [.test, .suite, .branch, .service])
        // Everything that the ledger knows is shown.
        for table in gauges.tables { #expect(Set(table.figures) == Set(table.subject.figures)) }
        for family in gauges.catalog.families {
            #expect(family.help.hasSuffix(".") && family.help.first?.isLowercase == false, "\(family.help)")
        }
    }

    @Test func `show experiments and changes of skills`() throws {
        let packs = try PackSet(sources: PackSource.builtIn, enabled: ["experiments"])
        #expect(packs.catalog.families.map(\.name.text) == ["skill_changes_total"])
        let gauges = packs.gauges
        #expect(gauges.tables.map(\.subject) == [.experiment, .arm, .skill])
        // Everything that the ledger knows is shown.
        for table in gauges.tables { #expect(Set(table.figures) == Set(table.subject.figures)) }
        for family in gauges.catalog.families {
            #expect(family.help.hasSuffix(".") && family.help.first?.isLowercase == false, "\(family.help)")
        }
    }

    @Test func `are chosen by name, and the user's own stay unless disabled`() throws {
        let own = PackSource(
            file: "own.yaml", text: "pack: own\nmeters: [{ on: 'true', counters: { own_total: 1 } }]")
        func names(enabled: [String]?, disabled: [String] = []) throws -> [String] {
            try PackSet(sources: PackSource.builtIn + [own], enabled: enabled, disabled: disabled)
                .packs.map(\.name)
        }
        #expect(
            try names(enabled: nil) == [
                "spanmetrics", "tests", "routing-tests", "experiments", "genai", "http", "spanmeter", "own",
            ])
        let chosen = try names(enabled: ["tests"])
        #expect(chosen == ["tests", "spanmeter", "own"])
        let single = try names(enabled: ["tests", "own"], disabled: ["tests"])
        #expect(single == ["spanmeter", "own"])
        let rest = try names(enabled: nil, disabled: ["own", "spanmetrics"])
        #expect(rest == ["tests", "routing-tests", "experiments", "genai", "http", "spanmeter"])
    }

    @Test func `are all there when one of the same name is the user's`() {
        let own = "pack: tests\nmeters: [{ on: 'true', counters: { own_total: 1 } }]"
        let sources = PackSource.builtIn + [PackSource(file: "own.yaml", text: own)]
        let error = #expect(throws: PackProblems.self) { try PackSet(sources: sources) }
        #expect(error?.description == "own.yaml: pack 'tests' is in built-in/tests.yaml already")
    }
}
