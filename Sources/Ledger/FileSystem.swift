private import Glibc

/// The words of the operating system.
enum SystemText {
    /// `permission denied`.
    static func of(_ number: Int32) -> String {
        guard let text = strerror(number) else { return "error \(number)" }
        let words = String(cString: text)
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}

/// The calls that the store makes beside SQLite's.
enum FileSystem {
    /// Creates the directory at `path`, and those above it, for this user only.
    static func createDirectory(_ path: String) throws(StoreError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST && isDirectory(path) { return }
        let number = errno
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        guard number == ENOENT, !parent.isEmpty else {
            throw .system("create data directory", path, errno: number == EEXIST ? ENOTDIR : number)
        }
        try createDirectory(parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .system("create data directory", path, errno: errno)
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The size of the file in bytes; nil where there is none.
    static func byteCount(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The names in a directory, sorted; none where it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Creates an empty file for this user only; an existing one stays as it is.
    static func create(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("create", path, errno: errno) }
        close(descriptor)
    }

    /// Puts a file, or the names in a directory, on the disk.
    static func sync(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("sync", path, errno: errno) }
    }

    /// Renames a file that may not be there.
    static func move(_ path: String, to target: String) throws(StoreError) {
        guard rename(path, target) == 0 || errno == ENOENT else {
            throw .system("rename", path, errno: errno)
        }
    }

    /// Removes a file that may not be there.
    static func remove(_ path: String) throws(StoreError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .system("remove", path, errno: errno) }
    }
}
