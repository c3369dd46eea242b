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

    /// Levenshtein's distance.
    private static func edits(from left: [UInt8], to right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[right.count]
    }
}
