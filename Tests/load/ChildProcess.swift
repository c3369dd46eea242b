import Dispatch
import Foundation
import Glibc

/// A child process whose signals work, wherever it was started from.
///
/// `Foundation.Process` hands on the signal mask of the calling thread, and threads of a pool block SIGTERM.
final class ChildProcess {
    let processID: pid_t
    private var ended: Int32?
    private var watches: [any DispatchSourceSignal] = []

    /// - Parameters:
    ///   - output: path of a new file for its stdout.
    ///   - errors: path of a new file for its stderr.
    init(_ program: String, arguments: [String], output: String, errors: String) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = ([program] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        var child = pid_t()
        let code = posix_spawn(&child, program, &actions, &attributes, words + [nil], environ)
        guard code == 0 else {
            throw LoadError("cannot start \(program): \(String(cString: strerror(code)))")
        }
        processID = child
        endWithUs()
    }

    /// Passes on what would end this process, so that no server outlives an interrupted run.
    private func endWithUs() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            Glibc.signal(number, SIG_IGN)
            let watch = DispatchSource.makeSignalSource(signal: number)
            watch.setEventHandler { [processID] in
                kill(processID, SIGKILL)
                exit(128 + number)
            }
            watch.resume()
            watches.append(watch)
        }
    }

    func signal(_ number: Int32) {
        if ended == nil { kill(processID, number) }
    }

    /// Its exit code, or minus the signal that ended it; `nil` while it runs.
    func exitCode() -> Int32? {
        if let ended { return ended }
        var status: Int32 = 0
        guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
        let signal = status & 0x7F
        ended = signal == 0 ? status >> 8 & 0xFF : -signal
        return ended
    }
}
