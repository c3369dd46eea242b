import ArgumentParser
import Configuration
import Glibc
import Ledger
import MetricModel
import Service

/// `spanmeter tests`: what the ledger knows of tests, runs and results.
struct TestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tests",
        abstract: "Show which tests are broken, flaky, new or missing, and since when.",
        discussion: """
            Reads the data directory of 'spanmeter serve', also while that is running, and changes nothing.

              spanmeter tests                   every test, the urgent ones first
              spanmeter tests --state flaky     can be given several times
              spanmeter tests --suite 'a/cart*' the tests of some suites
              spanmeter tests --runs            the runs, oldest first
              spanmeter tests --days            sums by day, also of runs that are over
              spanmeter tests --results --format json
                                                every result with its attempts

            States:
              broken   its last three results failed
              flaky    in the last 7 days it passed after a failure in the same
                       run, passed and failed with the same revision, or went
                       from one to the other at least every fifth time
              new      it has fewer than 5 results
              healthy  none of these
              missing  one of the 5 runs before the last one of its suite had it
                       and the last one did not; it has another state as well
              skipped  it has never done anything else

            Runs of the branches in tests.branches count, and those that name no branch; a run in which at least 80 % \
            of ten or more cases fail counts for nothing. The 7 days end with the newest run of the service.

            Results are letters, the newest on the right: P passed, F failed, E error, X passed after a failure, \
            s skipped.
            """
    )

    @OptionGroup var file: ConfigurationFileFlag

    @Option(
        help: ArgumentHelp("Only tests of this state; can be given several times.", valueName: "state"))
    var state: [TestReport.State] = []

    @Option(help: "Only this service.")
    var service: String?

    @Option(help: ArgumentHelp("Only suites that match; * stands for anything.", valueName: "glob"))
    var suite: String?

    @Flag(help: "Show runs instead of tests.")
    var runs = false

    @Flag(help: "Show every result of every run instead of tests.")
    var results = false

    @Flag(help: "Show the sums of each day (UTC) instead of tests.")
    var days = false

    @Option(help: "How it is printed: table or json.")
    var format = PrintFormat.table

    @Option(help: ArgumentHelp("The data directory, where it is not the configured one.", valueName: "dir"))
    var data: String?

    func validate() throws {
        let views = [("--runs", runs), ("--results", results), ("--days", days)].filter(\.1).map(\.0)
        guard let view = views.first else { return }
        if views.count > 1 {
            throw ValidationError("\(view) and \(views[1]) were both given; wanted one of them")
        }
        if suite != nil, !results {
            throw ValidationError(
                "--suite was given with \(view); a \(days ? "day" : "run") has many suites")
        }
        if !state.isEmpty {
            throw ValidationError("--state was given with \(view); only tests have states")
        }
    }

    func run() async throws {
        let settings = try file.settings()
        let directory = data ?? settings.data.text
        let options = HistoryOptions(settings, keepsPatternsOfTests: !runs && !results && !days)
        do {
            if days {
                let reports = try Store.readDays(directory: directory, options, service: service)
                print(
                    format == .json ? TestsJSON.text(of: reports) : TestsTable.text(of: reports),
                    terminator: "")
            } else if results {
                try showResults(directory, options)
            } else {
                try show(directory, options)
            }
        } catch let error as StoreError {
            throw CommandError(.failure, "\(error)", cause: error)
        }
    }

    private func show(_ directory: String, _ options: HistoryOptions) throws {
        var loader = HistoryLoader(options)
        try Store.read(directory: directory, hasResults: !runs, loading: &loader)
        var history = loader.finish()
        while history.refresh(now: Self.now) {}
        if history.lostRowCount > 0 {
            StandardError.print(
                "spanmeter: \(history.lostRowCount) rows of the ledger cannot be read; left out")
        }
        if runs {
            let reports = history.runReports(service: service)
            print(
                format == .json ? TestsJSON.text(of: reports) : TestsTable.text(of: reports), terminator: "")
        } else {
            let reports = history.report(filter)
            print(
                format == .json ? TestsJSON.text(of: reports) : TestsTable.text(of: reports), terminator: "")
        }
    }

    private func showResults(_ directory: String, _ options: HistoryOptions) throws {
        var isFirst = true
        let filter = filter
        try Store.readResults(directory: directory, options) { run, results in
            let wanted = results.filter { filter.takes(service: $0.service, suite: $0.suite) }
            if wanted.isEmpty { return }
            if format == .json {
                print(isFirst ? "[" : ",", TestsJSON.text(of: run, wanted), separator: "\n", terminator: "")
            } else {
                print(TestsTable.text(of: run, wanted), terminator: "")
            }
            isFirst = false
        }
        if format == .json { print(isFirst ? "[]" : "\n]") }
    }

    private var filter: TestFilter {
        let suite = suite
        return TestFilter(states: Set(state), service: service) { name in
            suite.map { fnmatch($0, name, 0) == 0 } ?? true
        }
    }

    /// Milliseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// How commands that read the ledger print.
enum PrintFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

extension TestReport.State: ExpressibleByArgument {}
