/// Something about the store that somebody should read.
package enum StoreNotice: Equatable, Sendable, CustomStringConvertible {
    /// What became of a table of a damaged file.
    package struct SalvagedTable: Equatable, Sendable {
        /// Its name.
        package let name: String

        /// Rows that were taken over.
        package let rowCount: Int

        /// Why there are not more; nil where the table was read to its end.
        package let loss: String?
    }

    /// The database was damaged: it lies at `movedTo`, and what could be read of it is in a new one.
    case salvaged(path: String, reason: String, movedTo: String, tables: [SalvagedTable], copies: [String])

    /// The process had ended in the middle of a salvage; nobody was told then what was kept.
    case salvageFinished(path: String, movedTo: String)

    /// One line, lower case, without a full stop.
    package var description: String {
        switch self {
        case .salvaged(let path, let reason, let movedTo, let tables, let copies):
            let kept = tables.filter { $0.rowCount > 0 }.map { "\($0.rowCount) of \($0.name)" }
            let lost = tables.compactMap { table in table.loss.map { "\(table.name) (\($0))" } }
            return "\(path) was damaged: \(reason); it was moved to \(movedTo) and replaced; rows kept: "
                + (kept.isEmpty ? "none" : kept.joined(separator: ", "))
                + "; incomplete or lost: " + (lost.isEmpty ? "nothing" : lost.joined(separator: ", "))
                + (copies.last.map { "; the copy \($0) was not touched" } ?? "")
        case .salvageFinished(let path, let movedTo):
            return
                "\(path) was damaged before the last start ended; it was moved to \(movedTo) and replaced by what "
                + "could be read of it"
        }
    }
}
