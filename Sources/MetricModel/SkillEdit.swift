/// What a repository says of a skill's file: that it came, was changed, was moved, or went.
package struct SkillEdit: Sendable, Equatable {
    package enum Kind: UInt8, Sendable, CaseIterable {
        case added, changed, moved, deleted
    }

    package var kind: Kind
    /// What the file says its skill is called, else its directory.
    package var skill: String
    /// In the repository.
    package var path: String
    /// Where it was, of one that was moved.
    package var pathBefore: String?
    /// The blob's hash; nil where there is no file any more.
    package var blob: String?
    package var blobBefore: String?
    /// SHA-256 of the file, in hex; nil where there is none, or it is too large.
    package var digest: String?
    package var commit: String
    /// When it was committed, in milliseconds since 1970.
    package var time: Int64
    /// In unified form without its head; empty where there is nothing to compare.
    package var diff = ""
    /// Whether `diff` is only the beginning.
    package var isDiffCut = false

    package init(
        _ kind: Kind, skill: String, path: String, pathBefore: String? = nil, blob: String?,
        blobBefore: String? = nil, digest: String? = nil, commit: String, time: Int64
    ) {
        self.kind = kind
        self.skill = skill
        self.path = path
        self.pathBefore = pathBefore
        self.blob = blob
        self.blobBefore = blobBefore
        self.digest = digest
        self.commit = commit
        self.time = time
    }

    /// Digits of a hash that are enough to know it by.
    package static let prefixCountMin = 7

    /// Whether spans that call their edition so ran with this file: its blob's hash or its SHA-256, whole or the
    /// first digits of it, perhaps behind the name of the algorithm and a colon.
    package func isEdition(_ name: String) -> Bool {
        let digits = (name.split(separator: ":").last ?? "").lowercased()
        guard digits.utf8.count >= Self.prefixCountMin, digits.utf8.allSatisfy(Self.isHexDigit) else {
            return false
        }
        return [blob, digest].contains { $0?.hasPrefix(digits) ?? false }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

/// How far a repository has been read, and what its files were then.
package struct SkillPlace: Sendable, Equatable {
    package struct File: Sendable, Equatable {
        package var skill: String
        /// Nil where it was deleted.
        package var blob: String?
        /// The blob before it was deleted, else the same.
        package var last: String?
        /// Every blob that it is known to have been.
        package var known: Set<String> = []

        package init(skill: String, blob: String?) {
            self.skill = skill
            self.blob = blob
            last = blob
        }
    }

    /// Which repository, and which files of it.
    package let source: String
    /// The commit; nil before the first reading.
    package var head: String?
    /// By path.
    package var files: [String: File] = [:]

    package init(source: String, head: String? = nil) {
        self.source = source
        self.head = head
    }

    package mutating func add(_ edit: SkillEdit) {
        if let before = edit.pathBefore, let file = files.removeValue(forKey: before) {
            files[edit.path] = file
        }
        var file = files[edit.path] ?? File(skill: edit.skill, blob: nil)
        file.skill = edit.skill
        file.blob = edit.blob
        file.last = edit.blob ?? edit.blobBefore ?? file.last
        if let blob = edit.blob { file.known.insert(blob) }
        if let blob = edit.blobBefore { file.known.insert(blob) }
        files[edit.path] = file
    }
}

/// What a look into a repository found.
package struct SkillReading: Sendable, Equatable {
    /// Where it began.
    package let source: String
    package let since: String?
    /// The newest commit.
    package let head: String
    /// Oldest first.
    package var edits: [SkillEdit] = []

    package init(since place: SkillPlace, head: String) {
        source = place.source
        since = place.head
        self.head = head
    }

    /// Whether it tells of what was before anybody looked.
    package var isFirst: Bool { since == nil }
}
