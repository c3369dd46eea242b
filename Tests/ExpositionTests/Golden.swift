import Foundation
import Testing

/// Recorded pages in `Tests/Fixtures/exposition`.
enum Golden {
    /// Compares with a recorded page; `SPANMETER_RECORD=1` records it instead and fails, so that somebody reads it.
    static func check(_ text: String, _ name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/exposition/\(name)")
        if ProcessInfo.processInfo.environment["SPANMETER_RECORD"] == "1" {
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(name); read it, then run again without SPANMETER_RECORD")
            return
        }
        let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == golden, "SPANMETER_RECORD=1 swift test --filter ExpositionTests records it anew")
    }
}
