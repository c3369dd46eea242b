private import Glibc

/// The right to use a data directory: held by one owner in one process until it is gone.
///
/// The kernel drops it with the process, however that ends; the number in the lock file is for messages only.
struct DirectoryLock: ~Copyable {
    private let descriptor: Int32

    // Half a second: a predecessor may be about to end, and a child of this process has a copy of the descriptor
    // between fork and exec.
    private static let attemptCount = 100
    private static let pauseMicroseconds: UInt32 = 5_000

    /// Takes the lock, waiting for a moment where somebody has it.
    ///
    /// - Throws: `StoreError.inUse` where somebody has it, `.system` where the lock file cannot be written.
    init(_ paths: StorePaths) throws(StoreError) {
        let path = paths.lock
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("create lock file", path, errno: errno) }
        var number: Int32 = 0
        for attempt in 0..<Self.attemptCount {
            if attempt > 0 { usleep(Self.pauseMicroseconds) }
            number = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
            if number != EWOULDBLOCK && number != EINTR { break }
        }
        guard number == 0 else {
            let pid = Self.pid(in: descriptor)
            close(descriptor)
            guard number == EWOULDBLOCK else { throw .system("lock", path, errno: number) }
            throw .inUse(directory: paths.directory, pid: pid)
        }
        // On a full disk the number is missing and everything else works.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    private static func pid(in descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count].prefix { $0 != 0x0a }, as: UTF8.self))
    }
}
