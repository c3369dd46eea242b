package import MetricModel

/// A change of a skill's file, as people are told of it.
package struct SkillEditReport: Sendable {
    package let edit: SkillEdit
    /// Whether it is counted in `skill_changes_total`.
    package let isCounted: Bool
}

extension History {
    /// How far a repository was read, and what its files were.
    package func skillPlace(of source: String) -> SkillPlace { edits.place(of: source) }

    /// What a look into a repository will change; nil where it began somewhere else than where we are.
    ///
    /// A change counts for every service that sends spans of the skill, and for `skillOwner` where none does. What
    /// was before the first look is kept and not counted, and so is what spans have told of before.
    package func plan(_ reading: SkillReading, decided: Int64) -> LedgerPlan? {
        guard skillPlace(of: reading.source).head == reading.since else { return nil }
        var plan = LedgerPlan(decided: decided)
        var planned = PlannedEdits(source: reading.source, head: reading.head)
        var changed: [Int32: TrialRecord] = [:]
        var number = edits.nextNumber
        // Another directory, or other files of it: what it tells takes the place of what is known, and stays counted.
        let before = reading.isFirst ? edits.edits : []
        let known = Dictionary(before.map { (EditKey($0.edit), $0) }) { $1 }
        for edit in reading.edits {
            var kept = KeptEdit(number: number, edit: edit)
            number += 1
            if let same = known[EditKey(edit)] {
                (kept.counted, kept.isUnowned) = (same.counted, same.isUnowned)
            }
            if edit.kind == .changed, !reading.isFirst {
                count(&kept, &changed, &plan, decided)
            }
            planned.edits.append(kept)
        }
        if planned.edits.count > SkillEdits.totalCountMax {
            planned.edits.removeFirst(planned.edits.count - SkillEdits.totalCountMax)
        }
        planned.removed = reading.isFirst ? before.map(\.number) : edits.overflow(planned.edits)
        plan.edits = planned
        plan.trials = changed.keys.sorted().compactMap { number in
            changed[number].map { .init(number: number, record: $0) }
        }
        return plan
    }

    private struct EditKey: Hashable {
        let commit, path: String
        let blob: String?

        init(_ edit: SkillEdit) { (commit, path, blob) = (edit.commit, edit.path, edit.blob) }
    }

    private func count(
        _ kept: inout KeptEdit, _ changed: inout [Int32: TrialRecord], _ plan: inout LedgerPlan,
        _ decided: Int64
    ) {
        let edit = kept.edit
        // A clock that is ahead must not make a change of the future.
        let time = min(edit.time, decided)
        for number in trials.records.indices {
            guard let known = trials.records[number], known.key.kind == .skill,
                known.key.name.text == edit.skill
            else { continue }
            var record = changed[Int32(number)] ?? known
            let owner = KeptEdit.Owner(
                service: record.key.service.text, environment: record.key.environment.text)
            kept.counted.append(owner)
            let isNews = record.hear(edit, at: time)
            changed[Int32(number)] = record
            guard isNews else { continue }
            plan.skillChanges.append(
                SkillChange(
                    service: owner.service, environment: owner.environment, skill: edit.skill, end: time))
        }
        guard kept.counted.isEmpty else { return }
        kept.isUnowned = true
        kept.counted = [
            .init(service: options.skillOwner.service, environment: options.skillOwner.environment)
        ]
        plan.skillChanges.append(
            SkillChange(
                service: options.skillOwner.service, environment: options.skillOwner.environment,
                skill: edit.skill, end: time))
    }

    /// What is known of a skill's file, newest first.
    func editReports(of skill: String) -> [SkillEditReport] {
        edits.edits.reversed().filter { $0.edit.skill == skill }.map {
            SkillEditReport(edit: $0.edit, isCounted: !$0.counted.isEmpty)
        }
    }

    /// Skills that a repository knows, and of which nobody sends spans.
    var unownedSkills: [String] {
        let owned = Set(trials.records.compactMap { $0?.key.kind == .skill ? $0?.key.name.text : nil })
        return Set(edits.edits.map(\.edit.skill)).subtracting(owned).sorted()
    }

    package var editCount: Int { edits.edits.count }
}
