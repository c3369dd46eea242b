import Foundation

/// Finds captures in directories and among files.
enum CaptureFinder {
    /// The captures at `paths` and how many named files were none.
    ///
    /// Directories are searched in depth, in natural order; in them a capture is a file `DIGITS.bin`. A file that
    /// is named itself is a capture if it ends in `.bin`, `.pb`, `.json` or `.gz` and does not describe another one.
    ///
    /// - Throws: `CommandError` for paths that do not exist and where there is no capture at all.
    static func captures(at paths: [String]) throws(CommandError) -> (captures: [Capture], skippedCount: Int)
    {
        var files: [String] = []
        var skippedCount = 0
        for path in paths {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw CommandError(
                    .usage, "'\(path)' does not exist; wanted a capture or a directory of captures")
            }
            if isDirectory.boolValue {
                files += try captureFiles(below: path)
            } else if isCaptureFile(path) {
                files.append(path)
            } else {
                skippedCount += 1
            }
        }
        if files.isEmpty {
            throw CommandError(
                .usage, "no capture in \(paths.joined(separator: ", ")); wanted files such as 000.bin")
        }
        var captures: [Capture] = []
        for file in files {
            captures.append(try Capture(path: file, descriptionPath: descriptionPath(of: file)))
        }
        return (captures, skippedCount)
    }

    private static func captureFiles(below directory: String) throws(CommandError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw CommandError(.failure, "cannot read the directory \(directory)", cause: error)
        }
        var files: [String] = []
        for name in names.sorted(by: NaturalOrder.precedes) {
            let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            // Links to directories are not followed: they may lead in circles.
            if attributes?[.type] as? FileAttributeType == .typeDirectory {
                files += try captureFiles(below: path)
            } else if name.hasSuffix(".bin"), name.count > 4, name.dropLast(4).allSatisfy(\.isNumber) {
                files.append(path)
            }
        }
        return files
    }

    private static func isCaptureFile(_ path: String) -> Bool {
        if path.hasSuffix(".json") {
            return !FileManager.default.fileExists(atPath: path.dropLast(5) + ".bin")
        }
        return [".bin", ".pb", ".gz"].contains { path.hasSuffix($0) }
    }

    /// `000.json` for `000.bin`.
    private static func descriptionPath(of file: String) -> String? {
        file.hasSuffix(".bin") ? file.dropLast(4) + ".json" : nil
    }
}
