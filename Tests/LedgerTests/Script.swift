import Ledger

/// A run of the store as a service would make it, in steps that are one transaction each or none, beside a model
/// of what must be in the file.
enum Script {
    /// A step does something to the store, and the same to the model.
    struct Step: Sendable {
        let name: String
        let run: @Sendable (Store) throws -> Void
        let model: @Sendable (inout Recorder) -> Void
    }

    /// The store is closed and opened again before these steps.
    static let reopenings: Set = [6, 11]

    static let steps: [Step] = [
        append([1, 2], from: 1),
        checkpoint("checkpoint", slots: 0..<20, through: 2),
        append([3], from: 3),
        append([4, 5, 6], from: 4),
        Step(name: "move the log", run: { try $0.moveLog() }, model: { _ in }),
        append([7], from: 7),
        // Opened again here.
        Step(
            name: "truncate", run: { _ = try $0.truncateJournal(through: 3, rowCountMax: 2) },
            model: {
                $0.records[1] = nil; $0.records[2] = nil
            }),
        replacement,
        Step(
            name: "drop keys", run: { _ = try $0.dropKeys(arrivedBefore: 4_000) },
            model: { for sequence in Int64(1)...3 { $0.keys[sequence] = nil } }),
        append([8], from: 8),
        Step(name: "daily copy", run: { _ = try $0.keepDailyCopy() }, model: { _ in }),
        // And here.
        Step(
            name: "delete series",
            run: { store in
                try store.checkpoint { slice in
                    for slot in 20..<25 { try slice.delete(SeriesPlace(table: 2, slot: UInt32(slot))) }
                    try slice.set("state", [9, 9])
                }
            },
            model: { model in
                for slot in 20..<25 { model.series[SeriesPlace(table: 2, slot: UInt32(slot))] = nil }
                model.values["state"] = [9, 9]
            }),
        append([9, 10], from: 9),
    ]

    private static func append(_ seeds: [Int], from first: Int64) -> Step {
        let entries = seeds.map { seed in
            JournalEntry.sample(seed, recordCount: 4_000, spanCount: 60, arrival: Int64(seed) * 1_000)
        }
        return Step(
            name: "append \(seeds)",
            run: { store in
                struct WrongNumbers: Error {}
                guard try store.append(entries) == first..<first + Int64(entries.count) else {
                    throw WrongNumbers()
                }
            },
            model: { model in
                for (sequence, entry) in zip(first..., entries) {
                    model.records[sequence] = entry.record
                    model.keys[sequence] = .init(arrival: entry.arrival, keys: entry.keys)
                }
            })
    }

    private static func checkpoint(_ name: String, slots: Range<UInt32>, through sequence: Int64) -> Step {
        Step(
            name: name,
            run: { store in
                try store.checkpoint { slice in
                    for slot in slots {
                        let image = [UInt8].sample(Int(slot), count: 200)
                        try slice.put(SeriesPlace(table: 1, slot: slot), through: sequence, image)
                    }
                    try slice.set("secret", .sample(5, count: 192))
                }
            },
            model: { model in
                for slot in slots {
                    let image = [UInt8].sample(Int(slot), count: 200)
                    model.series[SeriesPlace(table: 1, slot: slot)] = .init(sequence: sequence, image: image)
                }
                model.values["secret"] = .sample(5, count: 192)
            })
    }

    private static let replacement = Step(
        name: "replace the checkpoint",
        run: { store in
            try store.replaceCheckpoint(layouts: [(1, [1, 2, 3]), (2, [4])], through: 6) { slice in
                for slot in 20..<30 {
                    try slice.put(
                        SeriesPlace(table: 2, slot: UInt32(slot)), through: 6, .sample(slot, count: 300))
                }
            }
        },
        model: { model in
            model.layouts = [1: [1, 2, 3], 2: [4]]
            model.records = model.records.filter { $0.key > 6 }
            model.series = [:]
            for slot in 20..<30 {
                model.series[SeriesPlace(table: 2, slot: UInt32(slot))] = .init(
                    sequence: 6, image: .sample(slot, count: 300))
            }
        })
}
