internal import Bytes
internal import MetricModel

extension History {
    /// Numbers of tests and patterns in a file are below this: another would take memory for all below it.
    private static let numberMax: Int64 = 1 << 23
    private static let trialNumberMax: Int64 = 1 << 16

    /// Takes in a row as it was written: patterns, tests and runs before results.
    ///
    /// What cannot be understood, or belongs to something that is gone, is left out and counted in `lostRowCount`.
    package mutating func load(_ row: LedgerRow) {
        switch row.content {
        case .pattern(let number, let entry): load(pattern: number, entry)
        case .test(let number, let description): load(test: number, description)
        case .run(let number, let root, let record): load(run: number, root: root, record)
        case .results(let run, let chunk): load(resultsOf: run, chunk)
        case .trial(let number, let image): load(trial: number, image)
        case .trialCase(let id, let image): load(trialCase: id, image)
        case .inputPattern(let number, let image):
            do {
                try inputs.load(number, image.span.bytes)
            } catch {
                lose()
            }
        case .skillEdit(let number, let image):
            do {
                try edits.load(number, image.span.bytes, hasDiff: options.keepsDiffs)
            } catch {
                lose()
            }
        }
    }

    /// To be called after the last row.
    package mutating func finishLoading() {
        runs.finishLoading()
        for number in 0..<tests.endNumber where tests.names[number] != nil {
            tests.mark(Int32(number))
            if tests.results[number].isEmpty { emptyTests.append(Int32(number)) }
        }
        generation += 1
    }

    private mutating func load(pattern number: Int64, _ entry: PatternTable.Entry) {
        guard (0..<Self.numberMax).contains(number) else { return lose() }
        patterns.put(entry, at: Int32(number))
    }

    private mutating func load(test number: Int64, _ bytes: [UInt8]) {
        guard (0..<Self.numberMax).contains(number), let description = try? TestDescription(bytes.span.bytes)
        else { return lose() }
        put(description, at: Int32(number))
    }

    private mutating func load(run number: Int64, root: Int64?, _ record: RunRecord) {
        guard (0..<Int64(HistoryOptions.runCountMax)).contains(number) else { return lose() }
        var record = record
        record.root = root.flatMap { Int32(exactly: $0) } ?? -1
        let key = services.key(service: record.service, environment: record.environment)
        runs.load(record, at: Int32(number), service: services.number(key))
    }

    private mutating func load(resultsOf run: Int64, _ chunk: [UInt8]) {
        runs.finishLoading()
        guard let slot = Int32(exactly: run), runs.records.indices.contains(Int(slot)),
            runs.records[Int(slot)] != nil
        else { return lose() }
        var lostCount = 0
        do {
            try ResultChunk.decode(chunk.span.bytes, run: slot, hasDetails: options.keepsPatternsOfTests) {
                result in
                guard Int(result.test) < tests.endNumber, tests.names[Int(result.test)] != nil else {
                    lostCount = 1
                    return
                }
                add(result)
            }
        } catch {
            lostCount = 1
        }
        lostRowCount += lostCount
    }

    private mutating func load(trial number: Int64, _ image: [UInt8]) {
        guard (0..<Self.trialNumberMax).contains(number), let record = try? TrialRecord(image.span.bytes)
        else { return lose() }
        trials.put(record, at: Int32(number))
    }

    private mutating func load(trialCase id: Int64, _ image: [UInt8]) {
        let (trial, number) = (id >> 32, id & 0xFFFF_FFFF)
        guard (0..<Self.trialNumberMax).contains(trial), number < Self.numberMax,
            let item = try? TrialCase(image.span.bytes),
            trials.put(item, at: Int32(number), in: Int32(trial))
        else { return lose() }
    }

    private mutating func lose() { lostRowCount += 1 }
}

/// Reads the test ledger of a store, and nothing else of it.
package struct HistoryLoader: StoreVisitor {
    package private(set) var history: History

    private let options: HistoryOptions

    package init(_ options: HistoryOptions = HistoryOptions()) {
        self.options = options
        history = History(options)
    }

    package mutating func begin() { history = History(options) }
    package mutating func ledger(_ row: LedgerRow) { history.load(row) }
    package mutating func value(_ name: String, _ bytes: RawSpan) {}
    package mutating func layout(_ id: Int64, _ description: RawSpan) {}
    package mutating func series(_ place: SeriesPlace, through sequence: Int64, _ image: RawSpan) {}
    package mutating func record(_ sequence: Int64, _ bytes: RawSpan) {}
    package mutating func keys(_ sequence: Int64, arrival: Int64, _ keys: RawSpan) {}

    /// What was read, ready for `refresh`.
    package consuming func finish() -> History {
        history.finishLoading()
        return history
    }
}
