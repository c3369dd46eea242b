internal import Glibc

/// Runs git in a directory: without a shell, with nothing of the user's or the system's configuration, without
/// anything that a repository's configuration could start, and bounded in time and output.
struct GitCommand: Sendable {
    struct Output {
        var status: Int32 = 0
        var bytes: [UInt8] = []
        /// Whether there was more than was wanted; it was ended then.
        var isCut = false
        /// The first line of its complaints.
        var complaint = ""

        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// Without the line's end.
        var line: String { String(text.prefix { $0 != "\n" }) }
    }

    let directory: String
    let timeout: Duration

    private static let complaintByteCountMax = 4 << 10

    /// Nothing is asked, nothing is fetched, nothing is locked, and nothing of a repository's configuration is run.
    /// The operator has named the repository, so its owner does not matter.
    private static let variables = [
        "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_ATTR_NOSYSTEM=1",
        "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_PAGER=cat",
        "HOME=/nonexistent", "LC_ALL=C",
    ]
    private static let options = [
        // What might start something.
        "safe.directory=*", "protocol.allow=never", "core.hooksPath=/dev/null", "core.fsmonitor=false",
        "core.attributesFile=/dev/null", "log.showSignature=false",
        // What would change the words that are read.
        "log.follow=false", "log.showRoot=true", "log.diffMerges=separate", "diff.relative=false",
        "diff.renames=true", "diff.orderFile=/dev/null", "i18n.logOutputEncoding=UTF-8", "color.ui=false",
        "color.diff=false",
    ].flatMap { ["-c", $0] }

    /// Runs one command to its end.
    ///
    /// - Parameter byteCountMax: of output; what is beyond is not read.
    func run(_ arguments: [String], byteCountMax: Int) throws(GitError) -> Output {
        let name = arguments.first ?? ""
        var output: (read: Int32, write: Int32) = (-1, -1)
        var errors: (read: Int32, write: Int32) = (-1, -1)
        guard Self.pipe(&output), Self.pipe(&errors) else { throw .notStarted(code: errno) }
        defer {
            close(output.read)
            close(errors.read)
        }
        let started = Self.start(arguments, in: directory, output.write, errors.write)
        close(output.write)
        close(errors.write)
        let process: pid_t
        switch started {
        case .success(let id): process = id
        case .failure(let failure): throw failure
        }
        let clock = ContinuousClock()
        let end = clock.now + timeout
        var result = Output()
        var complaint: [UInt8] = []
        var polls = [
            pollfd(fd: output.read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.read, events: Int16(POLLIN), revents: 0),
        ]
        var isLate = false
        while polls.contains(where: { $0.fd >= 0 }), !result.isCut {
            let left = end - clock.now
            if left <= .zero {
                isLate = true
                break
            }
            let milliseconds =
                left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
            guard poll(&polls, 2, Int32(clamping: max(1, milliseconds))) > 0 else { continue }
            if polls[0].revents != 0 {
                let isOpen = Self.read(polls[0].fd, into: &result.bytes)
                if !isOpen { polls[0].fd = -1 }
                if result.bytes.count > byteCountMax {
                    result.bytes.removeLast(result.bytes.count - byteCountMax)
                    result.isCut = true
                }
            }
            if polls[1].revents != 0 {
                let isOpen = Self.read(polls[1].fd, into: &complaint)
                if !isOpen { polls[1].fd = -1 }
                // What is beyond is read all the same, or the command would wait for it.
                if complaint.count > Self.complaintByteCountMax {
                    complaint.removeLast(complaint.count - Self.complaintByteCountMax)
                }
            }
        }
        if isLate || result.isCut { kill(-process, SIGKILL) }
        var status: Int32 = 0
        while true {
            let ended = waitpid(process, &status, isLate || result.isCut ? 0 : WNOHANG)
            if ended == process || ended < 0 && errno != EINTR { break }
            if ended == 0 {
                // It has closed its output and lives on.
                if clock.now >= end {
                    kill(-process, SIGKILL)
                    isLate = true
                } else {
                    poll(nil, 0, 5)
                }
            }
        }
        if isLate { throw .timedOut(command: name, limit: timeout) }
        // The low seven bits are the signal that ended it, the next byte its exit code.
        result.status = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        if result.isCut { result.status = 0 }
        let lines = String(decoding: complaint, as: UTF8.self).split(separator: "\n")
        result.complaint = lines.first.map { String($0.prefix(200)) } ?? ""
        return result
    }

    /// Runs one command that has to succeed.
    func succeed(_ arguments: [String], byteCountMax: Int) throws(GitError) -> Output {
        let output = try run(arguments, byteCountMax: byteCountMax)
        guard output.status == 0 else {
            throw .failed(
                command: arguments.first ?? "", status: output.status, reason: output.complaint)
        }
        return output
    }

    // MARK: Processes

    private static func pipe(_ ends: inout (read: Int32, write: Int32)) -> Bool {
        var descriptors: [Int32] = [-1, -1]
        guard Glibc.pipe(&descriptors) == 0 else { return false }
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        ends = (descriptors[0], descriptors[1])
        return true
    }

    /// - Returns: whether there may be more.
    private static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN }
        bytes += chunk[..<count]
        return count > 0
    }

    private static func start(
        _ arguments: [String], in directory: String, _ output: Int32, _ errors: Int32
    ) -> Result<pid_t, GitError> {
        if access(directory, X_OK) != 0 {
            return .failure(.noDirectory(path: directory, reason: String(cString: strerror(errno))))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // A group of its own, so that what it starts ends with it.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        var words = (["git", "-C", directory, "--no-pager"] + options + arguments).map { strdup($0) } + [nil]
        var variables = (Self.variables + ["PATH=\(path)"]).map { strdup($0) } + [nil]
        defer { for word in words + variables { free(word) } }
        var process: pid_t = 0
        switch posix_spawnp(&process, "git", &actions, &attributes, &words, &variables) {
        case 0: return .success(process)
        case ENOENT: return .failure(.notInstalled)
        case let code: return .failure(.notStarted(code: code))
        }
    }
}
