internal import MetricModel

/// What failed inputs are like, by service and environment.
struct InputTable: Sendable {
    /// Of one service in one environment; what is like none of them is `other`.
    static let ownedCountMax = 100
    /// Of all: with 64 words 10 KB each, so 20 MB.
    static let countMax = 2_000
    /// The clusters of a service that are labels of their own: the first ones, then the commonest.
    static let labelledCountMax = 50
    /// A cluster that was not seen for so long gives way to a new one, in milliseconds.
    static let idleTime: Int64 = 7 * 86_400_000
    static let other = PatternTable.other

    /// Nil where a number is free.
    private(set) var clusters: [InputCluster?] = []
    /// The serial of the next cluster.
    var nextSerial: Int64 = 1

    var count: Int { clusters.count { $0 != nil } }

    mutating func put(_ cluster: InputCluster, at number: Int32) {
        while clusters.count <= Int(number) { clusters.append(nil) }
        clusters[Int(number)] = cluster
        nextSerial = max(nextSerial, cluster.serial + 1)
    }

    mutating func remove(_ number: Int32) { clusters[Int(number)] = nil }

    /// The numbers of an owner's clusters, oldest first.
    func numbers(of owner: InputCluster.Owner) -> [Int32] {
        clusters.indices.filter { clusters[$0]?.owner == owner }.sorted {
            (clusters[$0]?.serial ?? 0) < (clusters[$1]?.serial ?? 0)
        }.map { Int32($0) }
    }

    /// Takes in one case of an owner whose clusters are `own`: into the cluster that its input is most like, or a new
    /// one.
    ///
    /// - Parameter decided: now.
    /// - Returns: the cluster's number; nil where there is no place for a new one.
    mutating func add(
        _ input: InputSketch, _ owner: InputCluster.Owner, own: inout [Int32], at end: Int64, decided: Int64,
        _ known: InputWords
    ) -> Int32? {
        var nearest: (number: Int32, cosine: Double)?
        for number in own {
            guard let cosine = clusters[Int(number)]?.cosine(input), cosine >= InputCluster.cosineMin,
                cosine > nearest?.cosine ?? 0
            else { continue }
            nearest = (number, cosine)
        }
        guard let number = nearest?.number ?? place(&own, decided: decided) else { return nil }
        if nearest == nil {
            put(InputCluster(owner: owner, serial: nextSerial), at: number)
            own.append(number)
        }
        clusters[Int(number)]?.add(input, at: end, known)
        return number
    }

    /// A number for a new cluster: a free one, or that of the rarest that was not seen for long.
    private mutating func place(_ own: inout [Int32], decided: Int64) -> Int32? {
        if own.count < Self.ownedCountMax {
            if let free = clusters.firstIndex(where: { $0 == nil }) { return Int32(free) }
            if clusters.count < Self.countMax { return Int32(clusters.count) }
        }
        func image(_ number: Int32) -> (count: Int64, last: Int64) {
            clusters[Int(number)].map { ($0.count, $0.last) } ?? (0, 0)
        }
        let idle = own.filter { image($0).last < decided - Self.idleTime }
        guard let rarest = idle.min(by: { image($0) < image($1) }) else { return nil }
        own.removeAll { $0 == rarest }
        return rarest
    }

    /// The clusters of an owner that are labels: at most `labelledCountMax` of those seen most, first come on ties.
    func labelled(_ owner: InputCluster.Owner) -> Set<Int64> {
        let own = clusters.compactMap { $0?.owner == owner ? $0 : nil }
        let ranked = own.sorted { ($0.count, $1.serial) > ($1.count, $0.serial) }
        return Set(ranked.prefix(Self.labelledCountMax).map(\.serial))
    }

    // MARK: Words

    /// The words that say most of each of these clusters: those that many of its inputs share and few of the others.
    ///
    /// - Parameter clusters: all of one owner.
    static func words(of clusters: [InputCluster]) -> [[String]] {
        var spread: [String: Int] = [:]
        for cluster in clusters {
            for word in cluster.words { if let text = word.text { spread[text, default: 0] += 1 } }
        }
        return clusters.map { cluster in
            let shared = cluster.words.compactMap { word in
                word.text.map { (text: $0, score: Double(word.count) / Double(spread[$0] ?? 1)) }
            }
            let ranked = shared.sorted { ($0.score, $1.text) > ($1.score, $0.text) }
            return ranked.prefix(Self.shownWordCount).map(\.text)
        }
    }

    private static let shownWordCount = 4
}
