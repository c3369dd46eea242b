import Foundation

/// A directory of one test, gone with it.
final class TemporaryDirectory {
    /// Its path, without links.
    let path: String

    init() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
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

    /// Overwrites `count` bytes at `offset` of the file `name`.
    func damage(_ name: String, at offset: Int, count: Int) throws {
        let file = try FileHandle(forUpdating: URL(filePath: "\(path)/\(name)"))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(repeating: 0xA5, count: count))
        try file.close()
    }
}
