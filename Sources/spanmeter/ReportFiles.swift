import Configuration
import Foundation
import Glibc
import Reports

/// The reports that a command has written.
struct ReportFiles {
    private var paths: [String] = []

    var isEmpty: Bool { paths.isEmpty }

    /// - Parameters:
    ///   - patterns: globs of the shell.
    ///   - since: milliseconds since 1970; older files are none of this run's.
    init(_ patterns: [String], since: Int64) throws {
        for pattern in patterns {
            var found = glob_t()
            defer { globfree(&found) }
            guard glob(pattern, GLOB_TILDE, nil, &found) == 0 else {
                StandardError.print("spanmeter: no report matches \(pattern)")
                continue
            }
            for number in 0..<Int(found.gl_pathc) {
                guard let path = found.gl_pathv[number].map({ String(cString: $0) }) else { continue }
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                let written = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
                // File systems keep whole seconds at worst.
                if written + 1 >= Double(since) / 1_000 { paths.append(path) }
            }
        }
    }

    /// Takes in the cases that are not known.
    func ingest(_ settings: Settings, leavingOut known: Set<TestKey>) async throws {
        if isEmpty { return }
        let receiver = try ReportReceiver(settings, to: nil)
        for path in paths {
            do {
                var file = try ReportFile(path, ReportFile.Options())
                if case .report(var spans) = file {
                    spans.report.cases.removeAll { known.contains(TestKey($0.test)) }
                    if spans.report.cases.isEmpty { continue }
                    file = .report(spans)
                }
                try await receiver.send(file.requests(), from: path)
            } catch let error as ReportError {
                StandardError.print("spanmeter: \(path): \(error)")
            }
        }
        _ = await receiver.finish()
    }
}

/// A test's id as reports and spans have it in common: its words, without a file's extension.
struct TestKey: Hashable {
    private let words: [Substring]

    init(_ test: String) {
        let plain = test.replacing(/\.[A-Za-z]{1,5}::/, with: "::")
        words = plain.split { !$0.isLetter && !$0.isNumber }
    }
}
