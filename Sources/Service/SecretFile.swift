import Configuration
import Glibc

/// A file with one secret in its first line.
enum SecretFile {
    private static let byteCountMax = 64 << 10

    /// The first line; nil where the file cannot be read, is longer than 64 KiB, or has none.
    static func firstLine(_ path: FilePath) -> String? {
        let file = open(path.text, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: byteCountMax)
        let count = read(file, &bytes, bytes.count)
        guard count > 0, count < bytes.count else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isNewline).first
            .map(String.init)
    }
}
