import Foundation

/// Figures and columns of tables for people.
enum PlainTable {
    static func number(_ value: Double, _ digits: Int) -> String {
        value.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(
                Locale(identifier: "en_US_POSIX")))
    }

    static func percent(_ value: Double) -> String { "\(Int((value * 100).rounded()))%" }

    /// Three digits are enough.
    static func seconds(_ value: Double) -> String {
        value < 10 ? "\(number(value, 2)) s" : value < 100 ? "\(number(value, 1)) s" : "\(number(value, 0)) s"
    }

    /// `2026-11-21 04:21`, UTC.
    static func time(_ milliseconds: Int64) -> String {
        guard milliseconds > 0 else { return "-" }
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        let text = date.formatted(.iso8601)
        return String(text.prefix(16)).replacing("T", with: " ")
    }

    /// Columns as wide as their widest cell, two blanks between them.
    static func text(_ rows: [[String]]) -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
