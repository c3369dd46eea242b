import Dispatch
import Glibc

/// A command that runs as if in place of this one: with its terminal and pipes, its signals and its exit code.
struct ChildProcess {
    /// Why it could not be started, with the code that shells give.
    struct NotStarted: Error, Equatable {
        let reason: String
        let code: Int32
    }

    private let process: pid_t

    /// Starts a command; a name without a slash is looked for in PATH.
    ///
    /// - Parameters:
    ///   - command: a program and its arguments; at least one word.
    ///   - environment: all of it.
    init(_ command: [String], environment: [String: String]) throws(NotStarted) {
        guard let name = command.first, !name.isEmpty else {
            throw NotStarted(reason: "no command", code: 127)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process does with its signals is not the command's affair.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, name, nil, &attributes, &arguments, &variables)
        switch code {
        case 0: self.process = process
        case ENOENT: throw NotStarted(reason: "\(name): command not found", code: 127)
        case EACCES, ENOEXEC: throw NotStarted(reason: "\(name): permission denied", code: 126)
        default: throw NotStarted(reason: "\(name): system error \(code)", code: 126)
        }
    }

    /// Waits for its end. Meanwhile SIGTERM and SIGHUP are passed on to it; Ctrl-C reaches it by the terminal, and
    /// leaves this process alone.
    ///
    /// - Returns: its exit code; 128 and the signal's number where a signal ended it.
    func wait() async -> Int32 {
        let sources = [SIGTERM, SIGHUP, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { if number != SIGINT { kill(process, number) } }
            signal(number, SIG_IGN)
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                // The low seven bits are the signal that ended it, the next byte its exit code.
                let signal = status & 0x7F
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
            }
        }
    }
}
