import Folding
import Ledger

/// Writes open cases and runs as part of a checkpoint.
enum FoldCheckpoint {
    /// Writes some images.
    static func write(_ images: FoldImages, to store: Store) throws(StoreError) {
        if images.rows.isEmpty, images.removed.isEmpty, images.removedRange == nil { return }
        try store.checkpoint { slice in try write(images, to: slice) }
    }

    /// Writes all that is open.
    static func writeAll(_ folds: Folds, to slice: borrowing CheckpointSlice) throws {
        var place = 0
        var isLast = false
        while !isLast {
            let images = folds.images(from: &place, changedBehind: nil, countMax: 1_024)
            try write(images, to: slice)
            isLast = images.isLast
        }
    }

    private static func write(_ images: FoldImages, to slice: borrowing CheckpointSlice) throws {
        for row in images.rows {
            try slice.put(fold: row.id, through: Int64(row.sequence), image: row.image.span.bytes)
        }
        for id in images.removed { try slice.delete(fold: id) }
        if let range = images.removedRange { try slice.delete(folds: range) }
    }
}
