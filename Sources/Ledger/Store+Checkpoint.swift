private import Foundation
package import GRDB

/// A part of a checkpoint that is being written, in one transaction.
package struct CheckpointSlice: ~Copyable {
    /// For rows of the ledger in the same transaction.
    package let db: Database

    private let upsert: BlobStatement
    private let delete: BlobStatement
    private let upsertFold: BlobStatement
    private let deleteFold: BlobStatement

    init(_ db: Database) throws {
        let upsert = try BlobStatement(
            db, "INSERT OR REPLACE INTO series (id, sequence, checksum, image) VALUES (?, ?, ?, ?)")
        let delete = try BlobStatement(db, "DELETE FROM series WHERE id = ?")
        let upsertFold = try BlobStatement(
            db, "INSERT OR REPLACE INTO folds (id, sequence, checksum, image) VALUES (?, ?, ?, ?)")
        let deleteFold = try BlobStatement(db, "DELETE FROM folds WHERE id = ?")
        self.db = db
        self.upsert = upsert
        self.upsertFold = upsertFold
        self.deleteFold = deleteFold
        self.delete = delete
    }

    /// Writes the image of a series, which includes the journal up to and with `sequence`.
    package borrowing func put(_ place: SeriesPlace, through sequence: Int64, image: RawSpan) throws {
        let id = place.id
        try upsert.run([id, sequence, RowChecksum.of(image, key: id)], bytes: image)
    }

    /// Deletes a series; one that is not there is no error.
    package borrowing func delete(_ place: SeriesPlace) throws {
        try delete.run([place.id])
    }

    /// Writes the image of an open case or run, which includes the journal up to and with `sequence`.
    package borrowing func put(fold id: Int64, through sequence: Int64, image: RawSpan) throws {
        try upsertFold.run([id, sequence, RowChecksum.of(image, key: id)], bytes: image)
    }

    /// Deletes a case or run that is open no longer; one that is not there is no error.
    package borrowing func delete(fold id: Int64) throws {
        try deleteFold.run([id])
    }

    /// Deletes cases that are open no longer, as far as there are any.
    package borrowing func delete(folds ids: Range<Int64>) throws {
        try BlobStatement(db, "DELETE FROM folds WHERE id >= ? AND id < ?").run([
            ids.lowerBound, ids.upperBound,
        ])
    }

    /// Writes an opaque value: a secret, a state.
    package borrowing func set(_ name: String, _ value: RawSpan) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta (key, checksum, value) VALUES (?, ?, ?)",
            arguments: [name, RowChecksum.of(value, key: 0), value.withUnsafeBytes { Data($0) }])
    }
}

extension Store {
    /// Writes a slice of a checkpoint; the caller chooses how much goes into one.
    package func checkpoint(_ body: (borrowing CheckpointSlice) throws -> Void) throws(StoreError) {
        try write("write a checkpoint to") { db in try body(CheckpointSlice(db)) }
    }

    /// Replaces all layouts, series and folds, and deletes the journal up to and with `sequence`, in one transaction.
    ///
    /// For a change of the tables themselves: the old images and records mean nothing under the new layouts.
    ///
    /// - Parameters:
    ///   - layouts: the descriptions by their ids, which must differ.
    ///   - sequence: the last record that `body` includes.
    package func replaceCheckpoint(
        layouts: [(id: Int64, description: [UInt8])], through sequence: Int64,
        _ body: (borrowing CheckpointSlice) throws -> Void
    ) throws(StoreError) {
        try write("replace the checkpoint of") { db in
            try db.execute(sql: "DELETE FROM series; DELETE FROM folds; DELETE FROM layouts")
            let insert = try BlobStatement(
                db, "INSERT INTO layouts (id, checksum, description) VALUES (?, ?, ?)")
            for layout in layouts {
                let bytes = layout.description.span.bytes
                try insert.run([layout.id, RowChecksum.of(bytes, key: layout.id)], bytes: bytes)
            }
            _ = try Self.truncate(db, through: min(sequence, lastSequence), rowCountMax: .max)
            try body(CheckpointSlice(db))
        }
    }
}
