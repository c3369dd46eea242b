internal import GRDB

/// Why the store could not do what was asked; nothing of a failed call is in the file.
///
/// The one exception is a commit whose last sync failed and that is followed by a crash before any other
/// commit: after the restart its group may be there, whole. Whoever sends it again must be recognised by its
/// keys, which then are there, too.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    /// What SQLite said.
    package struct Cause: Equatable, Sendable {
        /// What was wanted, as the end of `cannot …`.
        package let action: String

        /// The file.
        package let path: String

        /// SQLite's extended result code.
        package let code: Int32

        /// SQLite's words.
        package let reason: String
    }

    /// Another process, or another store of this one, has the directory; `pid` is nil where it left no number.
    case inUse(directory: String, pid: Int?)

    /// The file was written by a newer version, which changed its schema.
    case newerSchema(path: String, unknown: String, known: String)

    /// There is no file, or none with a test ledger.
    case noLedger(path: String, reason: String)

    /// The operating system refused something around the database file.
    case system(action: String, path: String, reason: String)

    /// No space on the disk, or none within the quota.
    case diskFull(Cause)

    /// The file, or the file system, cannot be written.
    case readOnly(Cause)

    /// The disk failed, or a file could not be opened.
    case disk(Cause)

    /// The file's content is not what SQLite or we wrote; the next start salvages what can be read.
    case damaged(Cause)

    /// Another connection held a lock for longer than the store waits.
    case busy(Cause)

    /// A mistake of our own: nothing that the disk could cause.
    case refused(Cause)

    /// Whether the same call can succeed later without anybody touching the file.
    package var isPassing: Bool {
        switch self {
        case .diskFull, .readOnly, .disk, .busy: true
        case .inUse, .newerSchema, .noLedger, .system, .damaged, .refused: false
        }
    }

    /// One line, lower case, without a full stop.
    package var description: String {
        switch self {
        case .inUse(let directory, let pid):
            "data directory \(directory) is in use by \(pid.map { "process \($0)" } ?? "another process"); "
                + "one process has it at a time"
        case .newerSchema(let path, let unknown, let known):
            "\(path) was written by a newer version (it has '\(unknown)', this version knows up to '\(known)'); "
                + "use that version or another data directory"
        case .noLedger(let path, let reason):
            "\(path) has no test ledger: \(reason); start 'spanmeter serve' on it once"
        case .system(let action, let path, let reason): "cannot \(action) \(path): \(reason)"
        case .diskFull(let cause): "\(cause.text); free some space"
        case .readOnly(let cause): "\(cause.text); wanted a file system that can be written"
        case .disk(let cause): "\(cause.text)"
        case .damaged(let cause): "\(cause.text); the next start salvages what can be read"
        case .busy(let cause): "\(cause.text); another program holds a lock on it"
        case .refused(let cause): "\(cause.text)"
        }
    }

    /// Sorts an error of GRDB or of our own into a case.
    init(_ error: any Error, action: String, path: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .refused(Cause(action: action, path: path, code: -1, reason: "\(error)"))
            return
        }
        let cause = Cause(
            action: action, path: path, code: error.extendedResultCode.rawValue,
            reason: error.message ?? "\(error.extendedResultCode)")
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(cause)
        case .SQLITE_READONLY: self = .readOnly(cause)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_NOMEM: self = .disk(cause)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(cause)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .busy(cause)
        default: self = .refused(cause)
        }
    }

    /// Whether the file has to be salvaged.
    var isDamage: Bool {
        if case .damaged = self { return true }
        return false
    }

    /// The system's refusal of the last call, in its words.
    static func system(_ action: String, _ path: String, errno number: Int32) -> Self {
        .system(action: action, path: path, reason: SystemText.of(number))
    }
}

extension StoreError.Cause {
    fileprivate var text: String { "cannot \(action) \(path): \(reason) (SQLite code \(code))" }
}
