internal import Crypto
package import MetricModel

/// A git repository whose skills' files are looked at.
///
/// What counts is the line of first parents of what is checked out: a merge is one change, made when it was merged.
/// Who wrote what is not asked for.
package struct SkillRepository: Sendable {
    /// Directory of the repository, or one in it: then files below it only.
    private let path: String
    private let glob: String
    private let git: GitCommand

    /// Commits that are looked through in one go; what the files are at the end is right all the same.
    private static let commitCountMax = 1_000
    private static let logByteCountMax = 8 << 20
    /// Changes of one file that are told of, the newest.
    private static let editCountMax = 50
    /// A larger file has no name of its own and no SHA-256.
    private static let fileByteCountMax = 1 << 20
    private static let diffByteCountMax = 16 << 10

    /// - Parameters:
    ///   - glob: as git understands it: `**/` is any number of directories, `*` a part of a name.
    ///   - timeout: of one git command.
    package init(path: String, glob: String, timeout: Duration = .seconds(30)) {
        self.path = path
        self.glob = glob
        git = GitCommand(directory: path, timeout: timeout)
    }

    /// What tells this repository and these files from others.
    package var source: String { path + "\n" + glob }

    /// What happened since `place`; nil where nothing was committed. After the history was rewritten, what is known
    /// already does not happen again, and what the files are now is what counts.
    ///
    /// It takes seconds where there is much to read.
    package func read(since place: SkillPlace) throws(GitError) -> SkillReading? {
        guard let head = try head(), head != place.head else { return nil }
        var reader = Reader(place, head: head)
        var isRewritten = false
        var range = [head]
        if let old = place.head {
            let isBehind = try isAncestor(old, of: head)
            let isThere = try exists(old)
            isRewritten = !isBehind
            if isThere { range.append("^" + old) }
        }
        for commit in try log(range).reversed() {
            for entry in commit.entries { reader.add(entry, commit, skippingKnown: isRewritten) }
        }
        let time = try time(of: head)
        reader.settle(try tree(head), GitLog.Commit(hash: head, time: time))
        var reading = SkillReading(since: place, head: head)
        for var edit in reader.newest(Self.editCountMax) {
            try complete(&edit, names: &reader.names)
            reading.edits.append(edit)
        }
        return reading
    }

    // MARK: Questions

    /// The newest commit; nil where there is none yet.
    private func head() throws(GitError) -> String? {
        let output = try git.run(
            ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], byteCountMax: 1 << 10)
        if output.status == 0 { return output.line }
        if output.status == 1, output.complaint.isEmpty { return nil }
        if output.complaint.contains("not a git repository") { throw .noRepository(path: path) }
        throw .failed(command: "rev-parse", status: output.status, reason: output.complaint)
    }

    private func exists(_ commit: String) throws(GitError) -> Bool {
        try git.run(["cat-file", "-e", commit + "^{commit}"], byteCountMax: 1 << 10).status == 0
    }

    private func isAncestor(_ old: String, of head: String) throws(GitError) -> Bool {
        try git.run(["merge-base", "--is-ancestor", old, head], byteCountMax: 1 << 10).status == 0
    }

    private func time(of commit: String) throws(GitError) -> Int64 {
        let output = try git.succeed(
            ["log", "-1", "--no-walk", "--format=%ct", commit], byteCountMax: 1 << 10)
        guard let time = Int64(output.line) else { throw .notUnderstood(command: "log") }
        return time
    }

    private func log(_ range: [String]) throws(GitError) -> [GitLog.Commit] {
        let output = try git.succeed(
            [
                "log", "--first-parent", "-m", "--raw", "-z", "-M", "--no-abbrev", "--format=%x01%H %ct",
                "--max-count=\(Self.commitCountMax)",
            ] + range + ["--", ":(glob)" + glob], byteCountMax: Self.logByteCountMax)
        if output.isCut { throw .outputTooLong(command: "log", byteCountMax: Self.logByteCountMax) }
        guard let commits = GitLog.commits(output.bytes) else { throw .notUnderstood(command: "log") }
        return commits
    }

    /// The files of a commit.
    private func tree(_ commit: String) throws(GitError) -> [GitLog.Entry] {
        // Its name depends on the repository's kind of hash.
        let empty = try git.succeed(["hash-object", "-t", "tree", "--stdin"], byteCountMax: 1 << 10).line
        let output = try git.succeed(
            [
                "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", empty, commit, "--",
                ":(glob)" + glob,
            ], byteCountMax: Self.logByteCountMax)
        if output.isCut { throw .outputTooLong(command: "diff-tree", byteCountMax: Self.logByteCountMax) }
        guard let entries = GitLog.entries(output.bytes) else { throw .notUnderstood(command: "diff-tree") }
        return entries
    }

    /// Adds the skill's name, the digest and the diff.
    private func complete(_ edit: inout SkillEdit, names: inout [String: String]) throws(GitError) {
        if let blob = edit.blob {
            let file = try git.succeed(["cat-file", "blob", blob], byteCountMax: Self.fileByteCountMax)
            edit.skill = SkillText.name(
                file.isCut ? nil : file.bytes, path: edit.path, repository: path)
            if !file.isCut {
                edit.digest = SHA256.hash(data: file.bytes).map { byte in
                    let digits = String(byte, radix: 16)
                    return digits.utf8.count == 1 ? "0" + digits : digits
                }.joined()
            }
        } else if let name = names[edit.path] {
            edit.skill = name
        } else {
            edit.skill = SkillText.name(nil, path: edit.path, repository: path)
        }
        names[edit.path] = edit.skill
        guard let before = edit.blobBefore, let blob = edit.blob, before != blob else { return }
        (edit.diff, edit.isDiffCut) = diff(before, blob)
    }

    /// What was changed from one file to another, and whether that is only the beginning; nothing where what was
    /// before is gone for good, and a file that git cannot compare in time is none to stop at.
    private func diff(_ before: String, _ blob: String) -> (text: String, isCut: Bool) {
        let arguments = ["diff", "--no-ext-diff", "--no-textconv", "--no-color", before, blob]
        guard let output = try? git.run(arguments, byteCountMax: Self.diffByteCountMax) else {
            return ("", true)
        }
        return output.status == 0 ? (Self.body(output.bytes), output.isCut) : ("", false)
    }

    /// A diff without the lines about files, which are named by their hashes.
    private static func body(_ bytes: [UInt8]) -> String {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { $0.starts(with: Array("@@".utf8)) }) else {
            return lines.contains { $0.starts(with: Array("Binary".utf8)) } ? "binary files differ\n" : ""
        }
        return String(
            decoding: Array(lines[first...].joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self)
    }
}

/// Follows files from commit to commit.
private struct Reader {
    private(set) var edits: [SkillEdit] = []
    /// Skills by path, as far as they are known.
    var names: [String: String]
    private var place: SkillPlace

    init(_ place: SkillPlace, head: String) {
        self.place = place
        names = place.files.mapValues(\.skill)
    }

    /// - Parameter skippingKnown: whether a file that is what it is known to have been is no news.
    mutating func add(_ entry: GitLog.Entry, _ commit: GitLog.Commit, skippingKnown: Bool) {
        let now = entry.isFile && entry.status != UInt8(ascii: "D") ? entry.blob : nil
        let file = place.files[entry.pathBefore ?? entry.path]
        let there = place.files[entry.path]
        if skippingKnown, let now, file?.known.contains(now) ?? false || there?.known.contains(now) ?? false {
            return
        }
        // The repository's own word where nothing is known of the file.
        let before = file.map(\.blob) ?? (entry.wasFile ? entry.blobBefore : nil)
        add(entry.path, entry.pathBefore, before, now, wasKnown: file != nil, commit)
    }

    /// The changes without those of which the same file has so many newer ones.
    func newest(_ countMax: Int) -> [SkillEdit] {
        var counts: [String: Int] = [:]
        let kept = edits.reversed().filter { edit in
            counts[edit.path, default: 0] += 1
            return counts[edit.path] ?? 0 <= countMax
        }
        return kept.reversed()
    }

    /// What the files are at the end, whatever happened on the way.
    mutating func settle(_ tree: [GitLog.Entry], _ commit: GitLog.Commit) {
        var left = Set(place.files.filter { $0.value.blob != nil }.keys)
        for entry in tree where entry.isFile {
            left.remove(entry.path)
            let file = place.files[entry.path]
            add(entry.path, nil, file?.blob, entry.blob, wasKnown: file != nil, commit)
        }
        for path in left.sorted() { add(path, nil, place.files[path]?.blob, nil, wasKnown: true, commit) }
    }

    private mutating func add(
        _ path: String, _ pathBefore: String?, _ before: String?, _ now: String?, wasKnown: Bool,
        _ commit: GitLog.Commit
    ) {
        let kind: SkillEdit.Kind
        // What a deleted file was before: when it comes back as something else, it was changed.
        let last = before ?? (wasKnown ? place.files[pathBefore ?? path]?.last : nil)
        switch (last, now) {
        case (nil, nil): return
        case (nil, _?): kind = .added
        case (_, nil):
            if before == nil { return }
            kind = .deleted
        case (let last?, let now?):
            if last != now {
                kind = .changed
            } else if pathBefore != nil {
                kind = .moved
            } else if before == nil {
                kind = .added
            } else {
                return
            }
        }
        let edit = SkillEdit(
            kind, skill: "", path: path, pathBefore: pathBefore, blob: now, blobBefore: last,
            commit: commit.hash, time: commit.time * 1_000)
        if let pathBefore, let name = names.removeValue(forKey: pathBefore) { names[path] = name }
        place.add(edit)
        edits.append(edit)
    }
}
