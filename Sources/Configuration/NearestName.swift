/// The candidate that `name` was probably meant to be: at most a third of its letters (and at least one) differ.
///
/// - Complexity: O(candidates × length²); for messages only.
func nearestName(to name: String, in candidates: [String]) -> String? {
    let tolerance = max(1, name.count / 3)
    return candidates.map { (editDistance(name, $0), $0) }
        .filter { $0.0 <= tolerance }
        .min { $0 < $1 }?.1
}

/// Insertions, deletions, replacements and swaps of neighbours that make `right` out of `left` (optimal string
/// alignment, so that a swapped pair counts once).
private func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left.utf8)
    let b = Array(right.utf8)
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for row in 0..<a.count {
        var current = [row + 1]
        for column in 0..<b.count {
            let replaced = previous[column] + (a[row] == b[column] ? 0 : 1)
            var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
                best = min(best, beforePrevious[column - 1] + 1)
            }
            current.append(best)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[b.count]
}
