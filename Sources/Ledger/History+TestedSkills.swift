internal import MetricModel

extension History {
    /// How many tests each skill has; 0 for one that a repository has and nothing tests.
    ///
    /// - Complexity: O(tests).
    func testedSkillRows(_ figures: [String]) -> GaugeRows {
        var rows = GaugeRows()
        let counts = skillTestCounts.map { key, count in
            (labels: [key.service.text, key.environment.text, key.name.text], count: Double(count))
        }
        for (labels, count) in counts.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
            rows.labels.append(labels)
            rows.values.append(figures.map { $0 == "tests" ? count : nil })
        }
        return rows
    }

    /// Tests that ran in the last 7 days before the newest run of their service, by skill: who stops running its
    /// tests for a month has them nevertheless.
    ///
    /// A skill of the repository that has none is of those services that ever sent spans of it, else of
    /// `skillOwner`.
    private var skillTestCounts: [TrialKey: Int] {
        var counts: [TrialKey: Int] = [:]
        for number in 0..<tests.endNumber where tests.names[number] != nil {
            guard let skill = tests.skill(of: number) else { continue }
            let service = services.services[Int(tests.services[number])]
            guard tests.figures[number].lastSeen > service.evidenceBegin else { continue }
            let environment = suites.suites[Int(tests.suites[number])].environment
            counts[skillKey(service.name, environment, skill), default: 0] += 1
        }
        let present = edits.present
        var owned = Set(counts.keys.map(\.name.text))
        for record in trials.records {
            guard let key = record?.key, key.kind == .skill, present.contains(key.name.text) else { continue }
            counts[key, default: 0] += 0
            owned.insert(key.name.text)
        }
        for skill in present.subtracting(owned) {
            counts[skillKey(options.skillOwner.service, options.skillOwner.environment, skill)] = 0
        }
        return counts
    }

    private func skillKey(_ service: String, _ environment: String, _ skill: String) -> TrialKey {
        TrialKey(
            kind: .skill, service: ExactText(service), environment: ExactText(environment),
            name: ExactText(skill))
    }
}
