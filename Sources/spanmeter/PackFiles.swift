import Configuration
import Glibc

/// The files that `packs.files` means.
enum PackFiles {
    /// The paths behind `patterns`, each pattern's in alphabetical order, no path twice.
    ///
    /// - Throws: `CommandError` for a path that does not exist; a glob without a match is no error.
    static func paths(_ patterns: [FilePath]) throws(CommandError) -> [String] {
        var paths: [String] = []
        for pattern in patterns {
            let matches = matches(pattern.text)
            let isGlob = pattern.text.contains { "*?[".contains($0) }
            if matches.isEmpty && !isGlob {
                throw CommandError(
                    .usage, "packs.files has '\(pattern.text)', which does not exist; wanted a pack file")
            }
            paths += matches.filter { !paths.contains($0) }
        }
        return paths
    }

    private static func matches(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { index in
            result.gl_pathv[index].map { String(cString: $0) }
        }
    }
}
