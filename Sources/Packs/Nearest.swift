/// Finds the name that somebody probably meant.
package enum Nearest {
    /// The nearest of `names` by edits; nil when none is near.
    ///
    /// Complexity: O(names × length²).
    package static func name(to wanted: String, among names: [String]) -> String? {
        var best: (distance: Int, name: String)?
        for name in names {
            let distance = edits(from: Array(wanted.utf8), to: Array(name.utf8))
            guard distance <= max(1, min(3, wanted.utf8.count / 3)) else { continue }
            if distance < best?.distance ?? .max { best = (distance, name) }
        }
        return best?.name
    }

    /// Levenshtein's distance, two neighbours exchanged counted once.
    private static func edits(from left: [UInt8], to right: [UInt8]) -> Int {
        var before = [Int](repeating: 0, count: right.count + 1)
        var last = before
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            (before, last) = (last, row)
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                row[j + 1] = min(row[j] + 1, last[j + 1] + 1, last[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b {
                    row[j + 1] = min(row[j + 1], before[j - 1] + 1)
                }
            }
        }
        return row[right.count]
    }
}
