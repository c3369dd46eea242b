import Crypto
import Foundation
import MetricModel
import Pollers
import Testing

@Suite struct SkillRepositoryTests {
    static let glob = "**/SKILL.md"

    /// Reads a repository again and again, as the service does.
    struct Watcher {
        let repository: SkillRepository
        var place: SkillPlace

        init(_ path: String, glob: String = SkillRepositoryTests.glob) {
            repository = SkillRepository(path: path, glob: glob)
            place = SkillPlace(source: repository.source)
        }

        mutating func look() throws -> [SkillEdit] {
            guard let reading = try repository.read(since: place) else { return [] }
            for edit in reading.edits { place.add(edit) }
            place.head = reading.head
            return reading.edits
        }

        mutating func kinds() throws -> [String] { try look().map { "\($0.kind) \($0.skill)" } }
    }

    static func text(_ name: String, _ version: Int) -> String {
        "---\nname: \(name)\ndescription: finds things\n---\n\nline one\nline two\nversion \(version)\n"
    }

    @Test func `a change has its skill, blob, digest, commit, time and diff`() throws {
        let git = try GitFixture()
        try git.write("skills/search/SKILL.md", Self.text("finder", 1))
        try git.commit()
        let before = try git.blob("skills/search/SKILL.md")
        try git.write("skills/search/SKILL.md", Self.text("finder", 2))
        let commit = try git.commit()
        var watcher = Watcher(git.path)
        let edits = try watcher.look()
        #expect(edits.map(\.kind) == [.added, .changed])
        let edit = try #require(edits.last)
        #expect(edit.skill == "finder")
        #expect(edit.path == "skills/search/SKILL.md")
        #expect(edit.commit == commit)
        #expect(edit.time == Int64(git.time) * 1_000)
        #expect(edit.blobBefore == before)
        #expect(edit.blob == (try git.blob("skills/search/SKILL.md")))
        let digest = SHA256.hash(data: Data(Self.text("finder", 2).utf8))
        #expect(edit.digest == digest.map { String(format: "%02x", $0) }.joined())
        #expect(edit.diff.hasPrefix("@@ "))
        #expect(edit.diff.hasSuffix("-version 1\n+version 2\n"))
        #expect(try watcher.look() == [])
    }

    @Test func `an edition is known by the blob, by SHA-256, and by seven digits of either`() {
        let edit = SkillEdit(
            .changed, skill: "a", path: "a/SKILL.md", blob: "0123456789abcdef", digest: "fedcba9876543210",
            commit: "c", time: 0)
        for name in ["0123456789abcdef", "0123456", "FEDCBA9", "sha256:fedcba98", "fedcba9876543210"] {
            #expect(edit.isEdition(name), "\(name)")
        }
        for name in ["012345", "", "0123457", "0123456789abcdef0", "skill-v2", "zzzzzzz", "123456789"] {
            #expect(!edit.isEdition(name), "\(name)")
        }
    }

    @Test func `what was moved is no change, and moved with an edit is one`() throws {
        let git = try GitFixture()
        try git.write("a/SKILL.md", Self.text("finder", 1))
        try git.commit()
        var watcher = Watcher(git.path)
        #expect(try watcher.kinds() == ["added finder"])
        try git.git("mv", "a", "b")
        try git.commit()
        let moved = try watcher.look()
        #expect(moved.map(\.kind) == [.moved])
        #expect(moved.first?.pathBefore == "a/SKILL.md")
        try git.git("mv", "b", "c")
        try git.write("c/SKILL.md", Self.text("finder", 2))
        try git.commit()
        let edits = try watcher.look()
        #expect(edits.map { "\($0.kind) \($0.skill) \($0.path)" } == ["changed finder c/SKILL.md"])
    }

    @Test func `a merge is one change, and what its branch did is not told again`() throws {
        let git = try GitFixture()
        try git.write("a/SKILL.md", Self.text("a", 1))
        try git.commit()
        var watcher = Watcher(git.path)
        _ = try watcher.look()
        try git.git("checkout", "-q", "-b", "topic")
        for version in 2...4 {
            try git.write("a/SKILL.md", Self.text("a", version))
            try git.commit()
        }
        try git.git("checkout", "-q", "main")
        try git.write("other", "x")
        try git.commit()
        #expect(try watcher.look() == [])
        git.time += 60
        try git.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
        let edits = try watcher.look()
        #expect(edits.map(\.kind) == [.changed])
        #expect(edits.first?.time == Int64(git.time) * 1_000)
        #expect(try watcher.look() == [])
    }

    @Test func `a merge whose second parent is what was read tells nothing twice`() throws {
        let git = try GitFixture()
        try git.write("a/SKILL.md", Self.text("a", 1))
        try git.commit()
        try git.git("branch", "other")
        try git.write("a/SKILL.md", Self.text("a", 2))
        try git.commit()
        var watcher = Watcher(git.path)
        _ = try watcher.look()
        try git.git("checkout", "-q", "other")
        try git.write("x", "x")
        try git.commit()
        try git.git("merge", "-q", "--no-ff", "-m", "merge", "main")
        #expect(try watcher.look() == [])
    }

    @Test func `a rewritten history tells nothing twice, and what is in force counts`() throws {
        let git = try GitFixture()
        try git.write("a/SKILL.md", Self.text("a", 1))
        let first = try git.commit()
        try git.write("a/SKILL.md", Self.text("a", 2))
        try git.commit()
        try git.write("a/SKILL.md", Self.text("a", 3))
        try git.commit()
        var watcher = Watcher(git.path)
        #expect(try watcher.kinds() == ["added a", "changed a", "changed a"])
        // The same files under other commits.
        git.time += 1_000
        try git.git("commit", "-q", "--amend", "-m", "reworded")
        #expect(try watcher.look() == [])
        // As one commit.
        try git.git("reset", "-q", "--soft", first)
        try git.commit()
        #expect(try watcher.look() == [])
        // A change is taken out of the history.
        try git.git("reset", "-q", "--hard", first)
        let back = try watcher.look()
        #expect(back.map(\.kind) == [.changed])
        #expect(back.first?.blob == (try git.blob("a/SKILL.md")))
        // And all of what was read is gone for good.
        try git.write("a/SKILL.md", Self.text("a", 9))
        try git.git("checkout", "-q", "--orphan", "new")
        try git.commit()
        try git.git("branch", "-q", "-D", "main")
        try git.git("reflog", "expire", "--expire=now", "--all")
        try git.git("gc", "-q", "--prune=now")
        #expect(try watcher.kinds() == ["changed a"])
        #expect(try watcher.look() == [])
    }

    @Test func `a deleted skill keeps its name, and comes back as a change or as it was`() throws {
        let git = try GitFixture()
        try git.write("a/SKILL.md", Self.text("finder", 1))
        try git.commit()
        var watcher = Watcher(git.path)
        _ = try watcher.look()
        try git.git("rm", "-q", "a/SKILL.md")
        try git.commit()
        #expect(try watcher.kinds() == ["deleted finder"])
        try git.write("a/SKILL.md", Self.text("finder", 1))
        try git.commit()
        #expect(try watcher.kinds() == ["added finder"])
        try git.git("rm", "-q", "a/SKILL.md")
        try git.commit()
        try git.write("a/SKILL.md", Self.text("finder", 2))
        try git.commit()
        #expect(try watcher.kinds() == ["deleted finder", "changed finder"])
    }

    @Test func `a binary file and one that is no UTF-8 are called like their directories`() throws {
        let git = try GitFixture()
        try git.write("bin/SKILL.md", Data([0, 1, 2, 0xFF]))
        try git.write(
            "latin/SKILL.md", Data("---\nname: caf\u{E9}\n---\n".unicodeScalars.map { UInt8($0.value) }))
        try git.commit()
        try git.write("bin/SKILL.md", Data([0, 1, 3, 0xFF]))
        try git.write(
            "latin/SKILL.md", Data("---\nname: th\u{E9}\n---\n".unicodeScalars.map { UInt8($0.value) }))
        try git.commit()
        var watcher = Watcher(git.path)
        let edits = try watcher.look()
        #expect(
            edits.map { "\($0.kind) \($0.skill)" } == [
                "added bin", "added latin", "changed bin", "changed latin",
            ])
        #expect(edits[2].diff == "binary files differ\n")
        #expect(edits[3].diff.contains("-name: caf\u{FFFD}\n+name: th\u{FFFD}\n"))
    }

    @Test func `paths may have blanks, line breaks, quotes and dashes, and the repository too`() throws {
        let git = try GitFixture(named: "-a dir\nwith 'all'")
        let paths = ["-rf/SKILL.md", "a b/SKILL.md", "line\nbreak/SKILL.md", "ünï/\"q\"/SKILL.md"]
        for path in paths { try git.write(path, "one\n") }
        try git.write("SKILL.md", "at the top\n")
        try git.commit()
        for path in paths { try git.write(path, "two\n") }
        try git.commit()
        var watcher = Watcher(git.path)
        let edits = try watcher.look()
        #expect(Set(edits.filter { $0.kind == .changed }.map(\.path)) == Set(paths))
        #expect(Set(edits.map(\.skill)) == ["-rf", "a b", "line break", "\"q\"", "-a dir with 'all'"])
    }

    @Test func `a shallow clone is read, and goes on when more is fetched`() throws {
        let git = try GitFixture()
        for version in 1...3 {
            try git.write("a/SKILL.md", Self.text("a", version))
            try git.commit()
        }
        let clone = try GitFixture(named: "clone", isRepository: false)
        try clone.git("clone", "-q", "--depth", "1", "file://" + git.path, "inside")
        var watcher = Watcher(clone.path + "/inside")
        #expect(try watcher.kinds() == ["added a"])
        try git.write("a/SKILL.md", Self.text("a", 4))
        try git.commit()
        try clone.git("-C", "inside", "fetch", "-q", "--depth", "1", "origin", "main")
        try clone.git("-C", "inside", "reset", "-q", "--hard", "FETCH_HEAD")
        #expect(try watcher.kinds() == ["changed a"])
        #expect(try watcher.look() == [])
    }

    @Test func `an empty repository has nothing, until its first commit`() throws {
        let git = try GitFixture()
        var watcher = Watcher(git.path)
        #expect(try watcher.look() == [])
        try git.write("a/SKILL.md", "text\n")
        try git.commit()
        #expect(try watcher.kinds() == ["added a"])
    }

    @Test func `what is no repository, or not there, is said`() throws {
        let plain = try GitFixture(isRepository: false)
        #expect(throws: GitError.noRepository(path: plain.path)) {
            var watcher = Watcher(plain.path)
            return try watcher.look()
        }
        let missing = plain.path + "/missing"
        #expect(throws: GitError.noDirectory(path: missing, reason: "No such file or directory")) {
            var watcher = Watcher(missing)
            return try watcher.look()
        }
    }

    @Test func `nothing that a repository configures is run`() throws {
        let git = try GitFixture()
        let trap = git.path + "/trap"
        try git.write("trap.sh", "#!/bin/sh\ntouch '\(trap)'\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: git.path + "/trap.sh")
        let script = git.path + "/trap.sh"
        try git.write("a/SKILL.md", "one\n")
        try git.write(".gitattributes", "*.md diff=trap filter=trap\n")
        try git.commit()
        for key in [
            "diff.external", "diff.trap.command", "diff.trap.textconv", "core.fsmonitor", "core.pager",
            "filter.trap.smudge", "gpg.program", "core.sshCommand", "alias.log",
        ] {
            try git.git("config", key, script)
        }
        try git.git("config", "log.showSignature", "true")
        try git.write("a/SKILL.md", "two\n")
        do {
            try git.git("-c", "core.fsmonitor=", "-c", "filter.trap.clean=", "add", "a/SKILL.md")
            try git.git("-c", "core.fsmonitor=", "commit", "-q", "-m", "two")
        }
        try? FileManager.default.removeItem(atPath: trap)
        var watcher = Watcher(git.path)
        let edits = try watcher.look()
        #expect(edits.last?.diff.contains("+two") ?? false)
        #expect(!FileManager.default.fileExists(atPath: trap))
    }

    @Test func `nothing that a repository configures changes what is read`() throws {
        let git = try GitFixture()
        try git.write("below/a/SKILL.md", Self.text("a", 1))
        try git.commit()
        try git.git("checkout", "-q", "-b", "topic")
        try git.write("below/a/SKILL.md", Self.text("a", 2))
        try git.commit()
        try git.git("checkout", "-q", "main")
        try git.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
        try git.git("mv", "below/a", "below/b")
        try git.commit()
        var plain = Watcher(git.path + "/below")
        let wanted = try plain.look()
        #expect(wanted.map(\.kind) == [.added, .changed, .moved])
        for (key, value) in [
            ("log.follow", "true"), ("log.showRoot", "false"), ("log.diffMerges", "off"),
            ("diff.relative", "true"), ("diff.renames", "false"), ("color.diff", "always"),
            ("color.ui", "always"), ("diff.noprefix", "true"), ("log.decorate", "full"),
            ("log.abbrevCommit", "true"), ("format.pretty", "fuller"), ("log.date", "relative"),
            ("core.abbrev", "4"), ("diff.mnemonicPrefix", "true"), ("i18n.logOutputEncoding", "utf-16"),
        ] { try git.git("config", key, value) }
        var configured = Watcher(git.path + "/below")
        #expect(try configured.look() == wanted)
    }

    @Test(arguments: [["--bare"], ["--object-format=sha256"]])
    func `a bare repository and one of SHA-256 are read like any other`(kind: [String]) throws {
        let origin = try GitFixture(named: "origin", isRepository: false)
        if kind == ["--bare"] {
            let source = try GitFixture()
            try source.write("a/SKILL.md", Self.text("a", 1))
            try source.commit()
            try source.write("a/SKILL.md", Self.text("a", 2))
            try source.commit()
            try origin.git("clone", "-q", "--bare", source.path, ".")
        } else {
            try origin.git("init", "-q", "-b", "main", kind[0])
            try origin.write("a/SKILL.md", Self.text("a", 1))
            try origin.commit()
            try origin.write("a/SKILL.md", Self.text("a", 2))
            try origin.commit()
        }
        var watcher = Watcher(origin.path)
        let edits = try watcher.look()
        #expect(edits.map { "\($0.kind) \($0.skill)" } == ["added a", "changed a"])
        #expect(edits.last?.diff.hasSuffix("-version 1\n+version 2\n") ?? false)
    }

    @Test func `a command that takes too long is ended`() throws {
        let git = try GitFixture()
        try git.write("a/SKILL.md", "text\n")
        try git.commit()
        let repository = SkillRepository(path: git.path, glob: Self.glob, timeout: .zero)
        #expect(throws: GitError.timedOut(command: "rev-parse", limit: .zero)) {
            try repository.read(since: SkillPlace(source: repository.source))
        }
    }

    @Test func `a large diff is cut, and many changes of a file are told of by the newest`() throws {
        let git = try GitFixture()
        for version in 0..<60 {
            try git.write("a/SKILL.md", "version \(version)\n")
            try git.commit()
        }
        try git.write("a/SKILL.md", (0..<5_000).map { "line \($0)\n" }.joined())
        try git.commit()
        var watcher = Watcher(git.path)
        let edits = try watcher.look()
        #expect(edits.count == 50)
        let last = try #require(edits.last)
        #expect(last.isDiffCut)
        #expect(last.diff.utf8.count <= 16 << 10)
        #expect(last.diff.utf8.count > 15 << 10)
    }

    @Test func `only files of the glob below the directory count`() throws {
        let git = try GitFixture()
        for path in ["a/SKILL.md", "b/SKILL.md", "b/deep/SKILL.md", "b/README.md"] {
            try git.write(path, "text\n")
        }
        try git.commit()
        var below = Watcher(git.path + "/b")
        #expect(Set(try below.look().map(\.path)) == ["b/SKILL.md", "b/deep/SKILL.md"])
        var flat = Watcher(git.path, glob: "*/SKILL.md")
        #expect(Set(try flat.look().map(\.path)) == ["a/SKILL.md", "b/SKILL.md"])
    }

    @Test(arguments: [
        ("---\nname: a b\n---\n", "a b"), ("---\nname: \"quoted # name\" # why\n---\n", "quoted # name"),
        ("---\r\nname: crlf\r\n---\r\n", "crlf"), ("\u{FEFF}---\nname: bom\n---\n", "bom"),
        ("---\ntitle: x\n---\nname: not this\n", "dir"), ("name: not this\n", "dir"), ("", "dir"),
        ("---\n  name: nested\n---\n", "dir"), ("---\nname:\n---\n", "dir"), ("---\nname: open\n", "open"),
    ])
    func `a skill is called as its front matter says, else like its directory`(text: String, name: String)
        throws
    {
        let git = try GitFixture()
        try git.write("dir/SKILL.md", text)
        try git.commit()
        var watcher = Watcher(git.path)
        #expect(try watcher.kinds() == ["added \(name)"])
    }
}
