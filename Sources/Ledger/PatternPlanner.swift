internal import MetricModel

/// Plans what failed cases change in the patterns of their failures, and says which patterns are labels.
struct PatternPlanner {
    /// Distinct patterns of a service that are label values.
    private static let labelledCountMax = 50

    private let table: PatternTable
    private let decided: Int64
    /// The patterns that change, in the order they came.
    private(set) var patterns: [LedgerPlan.PlannedPattern] = []
    /// For each result that was added the label: rare patterns are `other`; nil for those that did not fail.
    private(set) var labels: [String?] = []

    private var free: [Int32]
    private var end: Int32
    private var places: [Name: Int] = [:]
    private var labelled: [String: Set<ExactText>] = [:]
    // Most failures of a batch are alike.
    private var lastPlace: (service: String, text: String, place: Int)?
    private var lastLabel: (service: String, text: String, label: String)?

    private struct Name: Hashable {
        let service: ExactText
        let text: ExactText
    }

    init(_ table: PatternTable, decided: Int64) {
        self.table = table
        self.decided = decided
        free = table.free
        end = Int32(table.entries.count)
    }

    /// Decides on the label of a result, whether or not the ledger has room for it.
    mutating func addLabel(of result: CaseResult, _ outcome: CaseOutcome) {
        guard outcome != .passed, outcome != .skipped, let text = result.pattern else {
            return labels.append(nil)
        }
        let service = result.service
        if let last = lastLabel, ExactText(last.text) == ExactText(text), last.service == service {
            return labels.append(last.label)
        }
        let label = label(of: text, service)
        lastLabel = (service, text, label)
        labels.append(label)
    }

    /// The number of a pattern, which an attempt has.
    mutating func number(of text: String, _ service: String) -> Int32 {
        let place = place(of: text, service)
        patterns[place].entry.last = decided
        return patterns[place].number
    }

    /// Counts a result that failed with a pattern.
    mutating func count(_ text: String, _ service: String) {
        patterns[place(of: text, service)].entry.count += 1
    }

    /// The first fifty patterns of a service are labels of their own, then the commonest fifty that the ledger knows.
    private mutating func label(of text: String, _ service: String) -> String {
        var known = labelled[service] ?? table.commonest(of: service, countMax: Self.labelledCountMax)
        defer { labelled[service] = known }
        if known.contains(ExactText(text)) { return text }
        guard known.count < Self.labelledCountMax else { return PatternTable.other }
        known.insert(ExactText(text))
        return text
    }

    private mutating func place(of text: String, _ service: String) -> Int {
        if let last = lastPlace, ExactText(last.text) == ExactText(text),
            ExactText(last.service) == ExactText(service)
        {
            return last.place
        }
        let place = newPlace(of: text, service)
        lastPlace = (service, text, place)
        return place
    }

    private mutating func newPlace(of text: String, _ service: String) -> Int {
        let name = Name(service: ExactText(service), text: ExactText(text))
        if let place = places[name] { return place }
        let number: Int32
        let entry: PatternTable.Entry
        if let known = table.number(of: text, service: service), let old = table.entries[Int(known)] {
            (number, entry) = (known, old)
        } else if text != PatternTable.other, free.isEmpty, end >= PatternTable.countMax {
            return place(of: PatternTable.other, service)
        } else {
            number = free.popLast() ?? end
            if number == end { end += 1 }
            entry = PatternTable.Entry(service: service, text: text, count: 0, last: decided)
        }
        places[name] = patterns.count
        patterns.append(.init(number: number, entry: entry))
        return patterns.count - 1
    }
}
