internal import MetricModel

extension History {
    /// Clusters of failed inputs.
    package var inputPatternCount: Int { inputs.count }

    /// What the labels of failed inputs stand for: the words that their inputs share.
    ///
    /// - Complexity: O(clusters × words).
    func inputRows(_ figures: [String]) -> GaugeRows {
        var rows = GaugeRows()
        let known = Dictionary(grouping: inputs.clusters.compactMap { $0 }, by: \.owner)
        for clusters in known.values.map({ $0.sorted { $0.serial < $1.serial } }).sorted(by: {
            ($0.first?.serial ?? 0) < ($1.first?.serial ?? 0)
        }) {
            guard let owner = clusters.first?.owner else { continue }
            let labelled = inputs.labelled(owner)
            for (cluster, words) in zip(clusters, InputTable.words(of: clusters))
            where labelled.contains(cluster.serial) {
                rows.labels.append([
                    owner.service.text, owner.environment.text, cluster.name, words.joined(separator: " "),
                ])
                rows.values.append(figures.map { $0 == "info" ? 1 : nil })
            }
        }
        return rows
    }
}
