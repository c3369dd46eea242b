import Glibc
import Kit

/// The folder that holds the generated files; it knows those that it wrote by their list.
struct KitFolder {
    /// What has to be done to one file.
    struct Change {
        enum Kind {
            case missing
            case stale(old: String)
            case leftOver
        }

        let path: String
        let kind: Kind
        /// What the file shall be; empty for one that goes.
        let text: String

        /// What was done: `wrote PATH`.
        var done: String {
            switch kind {
            case .missing, .stale: "wrote \(path)"
            case .leftOver: "removed \(path)"
            }
        }

        /// What is wrong: `PATH is missing`.
        var problem: String {
            switch kind {
            case .missing: return "\(path) is missing"
            case .leftOver: return "\(path) is left over: nothing declares it any more"
            case .stale(let old):
                let (before, after) = (old.lines, text.lines)
                let line = zip(before, after).enumerated().first { $1.0 != $1.1 }?.offset
                let number = line ?? min(before.count, after.count)
                func shown(_ lines: [Substring]) -> String {
                    lines.indices.contains(number) ? "'\(lines[number].drop { $0 == " " })'" : "nothing"
                }
                return "\(path):\(number + 1) is stale: has \(shown(before)), wanted \(shown(after))"
            }
        }
    }

    /// Names every generated file, so that those which nobody declares any more can go.
    static let list = "Grafana/generated-files.txt"

    let path: String

    /// What differs from `files`, sorted by path.
    ///
    /// - Throws: `CommandError` for a file that cannot be read.
    func changes(to files: [GeneratedFile]) throws(CommandError) -> [Change] {
        let names = (files.map(\.path) + [Self.list]).sorted()
        let list = GeneratedFile(path: Self.list, text: names.joined(separator: "\n") + "\n")
        var changes: [Change] = []
        for file in files + [list] {
            guard let old = try read(file.path) else {
                changes.append(Change(path: file.path, kind: .missing, text: file.text))
                continue
            }
            if old != file.text {
                changes.append(Change(path: file.path, kind: .stale(old: old), text: file.text))
            }
        }
        for name in try read(Self.list)?.lines ?? [] where !names.contains(String(name)) {
            let name = String(name)
            let isInside = !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
            guard isInside, try read(name) != nil else { continue }
            changes.append(Change(path: name, kind: .leftOver, text: ""))
        }
        return changes.sorted { $0.path < $1.path }
    }

    /// Does what `change` says.
    ///
    /// - Throws: `CommandError` with the system's words.
    func apply(_ change: Change) throws(CommandError) {
        let target = "\(path)/\(change.path)"
        if case .leftOver = change.kind {
            guard unlink(target) == 0 else { throw failure("remove", change.path) }
            return
        }
        var folder = ""
        for part in target.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            folder += part + "/"
            if mkdir(folder, 0o777) != 0, errno != EEXIST { throw failure("make", folder) }
        }
        guard let file = fopen(target, "wb") else { throw failure("write", change.path) }
        let bytes = Array(change.text.utf8)
        let count = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, count == bytes.count else { throw failure("write", change.path) }
    }

    private func read(_ name: String) throws(CommandError) -> String? {
        do {
            return try FileContents.text(at: "\(path)/\(name)")
        } catch {
            throw CommandError(.failure, "cannot read \(path)/\(name): \(error)", cause: error)
        }
    }

    private func failure(_ verb: String, _ name: String) -> CommandError {
        let words = strerror(errno).map { String(cString: $0).lowercased() } ?? "error \(errno)"
        return CommandError(.failure, "cannot \(verb) \(path)/\(name): \(words)")
    }
}

extension String {
    fileprivate var lines: [Substring] { split(separator: "\n", omittingEmptySubsequences: false) }
}
