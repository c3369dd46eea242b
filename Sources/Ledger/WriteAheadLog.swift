internal import GRDB
internal import GRDBSQLite
private import Synchronization

/// How much stands in SQLite's write-ahead log, and when it has to go into the database.
///
/// The log starts anew only when all of it is in the database and nobody reads from it. Maintenance moves it
/// there beside the writer and falls behind by what is committed meanwhile, so the last step is the writer's:
/// it is small when maintenance has just been there.
final class WriteAheadLog: Sendable {
    /// 16 MiB: a start after a crash reads at most about this much (measured: 30 ms), and the writer moves the
    /// rest itself when maintenance did not come.
    static let byteCountMax = 16 << 20

    /// A frame is a page with a head of 24 bytes.
    private static let frameByteCount = Connection.pageByteCount + 24
    private static let frameCountMax = byteCountMax / frameByteCount

    /// Less than this is not worth two syncs of the database.
    private static let frameCountWorth = frameCountMax / 8

    /// As much as the writer moves in a few milliseconds.
    private static let frameCountLast = 512

    /// Frames in the log since it began.
    private let frameCount = Atomic<Int>(0)

    /// The size at which the writer looks again.
    private let nextFrameCount = Atomic<Int>(frameCountMax)

    /// The size of the log in use, in bytes; its file can be larger.
    var byteCount: Int { frameCount.load(ordering: .relaxed) * Self.frameByteCount }

    /// Counts the commits of `db`, which must not live longer than self.
    func attach(to db: Database) {
        // SAFETY: the store keeps both, and closes the connection before it lets go of this object.
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, _, _, count in
                if let context {
                    // SAFETY: what was passed above.
                    let log = Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue()
                    log.frameCount.store(Int(count), ordering: .relaxed)
                }
                return SQLITE_OK
            }, context)
    }

    /// The writer's part, after a commit. Its failure is not the commit's, and the next maintenance meets it again.
    func finishIfDue(_ db: Database) {
        let count = frameCount.load(ordering: .relaxed)
        guard count >= nextFrameCount.load(ordering: .relaxed) else { return }
        let result = try? db.checkpoint(.passive)
        let isEmpty = result.map { $0.walFrameCount == $0.checkpointedFrameCount } ?? false
        // A reader, or maintenance itself, can be in the way: not again with every commit.
        nextFrameCount.store(isEmpty ? Self.frameCountMax : count + Self.frameCountWorth, ordering: .relaxed)
    }

    /// The part of maintenance, on a connection of its own.
    func moveBesideWriter(_ db: Database) throws {
        do {
            // Each round leaves what was committed during it; more than a few do not help against a fast writer.
            for _ in 0..<4 {
                let result = try db.checkpoint(.passive)
                guard result.walFrameCount - result.checkpointedFrameCount > Self.frameCountLast else {
                    break
                }
            }
        } catch DatabaseError.SQLITE_BUSY {
            // The writer is at it just now.
        }
        let count = frameCount.load(ordering: .relaxed)
        if count > Self.frameCountWorth { nextFrameCount.store(count, ordering: .relaxed) }
    }
}
