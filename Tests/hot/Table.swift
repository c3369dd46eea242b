/// Prints measurements for people.
enum Table {
    /// One row per choice of packs; of each stage CPU nanoseconds and allocations a unit.
    static func text(_ results: [Measurement]) -> String {
        let stages = Stage.allCases
        var rows = [
            ["packs", "series", "lines"] + stages.flatMap { ["\($0) ns/\($0.unit)", "allocs"] }
        ]
        for result in results {
            rows.append(
                [result.packs, "\(result.seriesCount)", "\(result.lineCount)"]
                    + stages.flatMap { stage -> [String] in
                        guard let cost = result.costs[stage] else { return ["", ""] }
                        return [fixed(cost.nanoseconds, 1), fixed(cost.allocationsPerUnit, 4)]
                    }
            )
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + gap : gap + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// A number that is not negative, with `digitCount` digits behind the point.
    static func fixed(_ value: Double, _ digitCount: Int) -> String {
        let scale = (0..<digitCount).reduce(1) { product, _ in product * 10 }
        let scaled = Int((value * Double(scale)).rounded())
        if digitCount == 0 { return "\(scaled)" }
        let digits = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: digitCount - digits.count) + digits
    }
}
