import Foundation

/// A directory of one test, gone with it.
final class LifeDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "life-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func copy(to other: LifeDirectory) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(other.path)/\(name)")
        }
    }
}
