/// Why a repository could not be read.
package enum GitError: Error, Equatable, CustomStringConvertible {
    case noDirectory(path: String, reason: String)
    /// The directory is in no repository.
    case noRepository(path: String)
    case notInstalled
    case notStarted(code: Int32)
    case timedOut(command: String, limit: Duration)
    /// It ended badly; the first line of what it said.
    case failed(command: String, status: Int32, reason: String)
    case outputTooLong(command: String, byteCountMax: Int)
    /// What it wrote is not what was asked for.
    case notUnderstood(command: String)

    package var description: String {
        switch self {
        case .noDirectory(let path, let reason): "'\(path)' cannot be entered: \(reason)"
        case .noRepository(let path): "'\(path)' is in no git repository"
        case .notInstalled: "the command git is not installed"
        case .notStarted(let code): "git cannot be started: system error \(code)"
        case .timedOut(let command, let limit): "git \(command) took longer than \(limit)"
        case .failed(let command, let status, let reason):
            "git \(command) failed with \(status)\(reason.isEmpty ? "" : ": \(reason)")"
        case .outputTooLong(let command, let byteCountMax):
            "git \(command) wrote more than \(byteCountMax) bytes"
        case .notUnderstood(let command): "what git \(command) wrote cannot be understood"
        }
    }
}
