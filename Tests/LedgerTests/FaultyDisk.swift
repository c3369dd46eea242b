import CTestVFS
import Testing

/// A plan for the files of one directory, in force until it is gone.
final class FaultyDisk {
    /// What can be counted and can fail.
    enum Operation: String, CaseIterable, Sendable {
        case open, read, write, truncate, sync, delete, shm
    }

    private static let isRegistered = testvfs_register() == 0

    private let prefix: String

    /// - Parameter plan: as described in CTestVFS.h.
    init(_ directory: TemporaryDirectory, _ plan: String) throws {
        prefix = directory.path + "/"
        try #require(Self.isRegistered)
        try #require(testvfs_plan(prefix, plan) == 0, "\(plan)")
    }

    deinit {
        testvfs_end(prefix)
    }

    /// Calls so far.
    func count(_ operation: Operation) -> Int {
        Int(testvfs_count(prefix, operation.rawValue))
    }

    /// Whether everything fails from here on.
    var hasCrashed: Bool { testvfs_has_crashed(prefix) != 0 }
}
