import Foundation

/// A directory of one test, gone with it.
final class TemporaryDirectory {
    /// Its path, without links.
    let path: String

    /// - Parameter small: where a sync costs nothing, if there is such a place: for little data and many syncs.
    init(small: Bool = false) throws {
        let memory = "/dev/shm"
        let root =
            small && FileManager.default.isWritableFile(atPath: memory)
            ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        let base = root.appending(path: "ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        path = base.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The names in it, sorted.
    var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
    }

    /// Whether a file has these bytes anywhere.
    func has(_ text: String, in name: String) throws -> Bool {
        try Data(contentsOf: URL(filePath: "\(path)/\(name)")).range(of: Data(text.utf8)) != nil
    }

    /// Overwrites `count` bytes at `offset` of the file `name`.
    func damage(_ name: String, at offset: Int, count: Int) throws {
        let file = try FileHandle(forUpdating: URL(filePath: "\(path)/\(name)"))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(repeating: 0xA5, count: count))
        try file.close()
    }
}
