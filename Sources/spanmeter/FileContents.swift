import Glibc

/// Why a file could not be read, in the system's words.
struct FileError: Error, CustomStringConvertible {
    /// `permission denied`.
    let description: String
}

/// Whole files, read at the edge.
enum FileContents {
    /// The bytes of the file at `path`; nil where there is none.
    ///
    /// - Throws: `FileError` where it cannot be read or has more than `byteCountMax` bytes.
    static func bytes(at path: String, byteCountMax: Int = 1 << 30) throws(FileError) -> [UInt8]? {
        guard let file = fopen(path, "rb") else {
            if errno == ENOENT { return nil }
            throw systemError()
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard bytes.count + count <= byteCountMax else {
                throw FileError(description: "it has more than \(byteCountMax) bytes")
            }
            bytes += chunk[..<count]
            if count < chunk.count { break }
        }
        guard ferror(file) == 0 else { throw systemError() }
        return bytes
    }

    /// The text of the file at `path`; nil where there is none.
    ///
    /// - Throws: `FileError`, also where it is not UTF-8.
    static func text(at path: String) throws(FileError) -> String? {
        guard let bytes = try bytes(at: path) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(description: "it is not UTF-8")
        }
        return text
    }

    private static func systemError() -> FileError {
        guard let text = strerror(errno) else { return FileError(description: "error \(errno)") }
        let words = String(cString: text)
        return FileError(description: words.prefix(1).lowercased() + words.dropFirst())
    }
}
