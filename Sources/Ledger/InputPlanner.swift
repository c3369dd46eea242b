internal import MetricModel

/// Plans what failed cases change in the clusters of their inputs.
struct InputPlanner {
    /// A cluster as it will be.
    struct Planned: Sendable, Equatable {
        var number: Int32
        var cluster: InputCluster
    }

    private var table: InputTable
    private let known: InputWords
    private let decided: Int64
    private var owned: [InputCluster.Owner: [Int32]] = [:]
    /// Serials that are labels, by owner.
    private var labelled: [InputCluster.Owner: Set<Int64>] = [:]
    private var changed: Set<Int32> = []
    /// For each result that was added the label; nil for those without an input that failed.
    private(set) var labels: [String?] = []

    /// - Parameter known: the words that may be read once they are shared.
    init(_ table: InputTable, _ known: InputWords, decided: Int64) {
        self.table = table
        self.known = known
        self.decided = decided
    }

    var nextSerial: Int64 { table.nextSerial }

    /// The clusters that change, by number.
    var clusters: [Planned] {
        changed.sorted().compactMap { number in
            table.clusters[Int(number)].map { Planned(number: number, cluster: $0) }
        }
    }

    /// Adds a result; a correction of one was added before.
    ///
    /// - Parameter end: when it ended, not later than now.
    mutating func add(_ result: CaseResult, _ outcome: CaseOutcome, end: Int64) {
        guard let input = result.input, outcome == .failed || outcome == .error, result.revises == nil else {
            return labels.append(nil)
        }
        let owner = InputCluster.Owner(
            service: ExactText(result.service), environment: ExactText(result.environment))
        var own = owned[owner] ?? table.numbers(of: owner)
        var names = labelled[owner] ?? table.labelled(owner)
        let number = table.add(input, owner, own: &own, at: end, decided: decided, known)
        owned[owner] = own
        guard let number, let serial = table.clusters[Int(number)]?.serial else {
            labelled[owner] = names
            return labels.append(InputTable.other)
        }
        changed.insert(number)
        if names.count < InputTable.labelledCountMax { names.insert(serial) }
        labelled[owner] = names
        labels.append(names.contains(serial) ? table.clusters[Int(number)]?.name : InputTable.other)
    }
}
