import Foundation
import Kit
import Testing

@Suite struct `Committed files of the kit` {
    /// What a file says that is committed; nil where there is none.
    private static func committed(_ path: String) -> String? {
        try? String(contentsOf: Generated.root.appending(path: path), encoding: .utf8)
    }

    /// What differs, as paths.
    private static func drift(
        _ files: [GeneratedFile], read: (String) -> String? = { committed($0) }
    ) -> [String] {
        files.filter { read($0.path) != $0.text }.map(\.path)
    }

    @Test func `are what the packs say; else run 'spanmeter generate'`() throws {
        #expect(Self.drift(try Generated.builtIn()) == [])
    }

    @Test func `are all named in their list, and no others`() throws {
        let list = try #require(Self.committed("Grafana/generated-files.txt"))
        let expected = (try Generated.builtIn().map(\.path) + ["Grafana/generated-files.txt"]).sorted()
        #expect(list.split(separator: "\n").map(String.init) == expected)
    }

    @Test func `are found stale when one byte differs, and when one is gone`() throws {
        let files = try Generated.builtIn()
        for file in files {
            var bytes = Array(file.text.utf8)
            bytes[bytes.count / 2] ^= 1
            let altered = String(decoding: bytes, as: UTF8.self)
            let found = Self.drift(files) { $0 == file.path ? altered : Self.committed($0) }
            #expect(found == [file.path])
            #expect(Self.drift(files) { $0 == file.path ? nil : Self.committed($0) } == [file.path])
        }
    }

    @Test func `come out the same every time`() throws {
        let first = try Generated.builtIn()
        for _ in 0..<3 { #expect(try Generated.builtIn() == first) }
    }
}
