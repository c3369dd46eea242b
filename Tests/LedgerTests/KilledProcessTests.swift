import Foundation
import Ledger
import Testing

/// A process of its own under the preloaded VFS, which kills it.
@Suite struct KilledProcessTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory(small: true)
    }

    @Test func `what a killed process acknowledged is there, wherever it was killed`() throws {
        let syncs = try #require(try run("forget,stats=\(directory.path)/stats").stats["sync"])
        try #require(syncs > 20)
        for number in stride(from: 1, through: syncs - 1, by: 4) {
            let directory = try TemporaryDirectory(small: true)
            let killed = try run("forget,torn=\(number),crash=sync:\(number)", in: directory)
            #expect(killed.reason == .uncaughtSignal)
            let found = try OpenStore(directory).contents.records
            #expect(Set(killed.acknowledged).isSubset(of: found.keys), "sync \(number) of \(syncs)")
            #expect(found.count <= killed.acknowledged.count + 1)
            #expect(found.allSatisfy { [UInt8](repeating: UInt8($0), count: 5_000) == $1 })
        }
    }

    @Test func `a disk that lies loses what was acknowledged`() throws {
        let killed = try run("forget,lie,crash=sync:30")
        #expect(killed.acknowledged.count > 5)
        #expect(try OpenStore(directory).contents.records.isEmpty)
    }

    @Test func `errors of the disk reach the caller with what was wanted`() throws {
        // Which sync is whose depends on how many migrations there are.
        let failures = try (8...24).map { number in
            let directory = try TemporaryDirectory(small: true)
            let failed = try run("fail=sync:\(number)-", in: directory)
            #expect(failed.reason == .exit)
            return failed.errors.replacing(directory.path, with: "DIRECTORY")
        }
        let place = "DIRECTORY/spanmeter.db: disk I/O error (SQLite code 1034)"
        #expect(failures.contains { $0.contains("cannot write a checkpoint to \(place)") })
        #expect(failures.contains { $0.contains("cannot append to the journal of \(place)") })
    }

    @Test func `a wrong plan ends the process`() throws {
        let ended = try run("forgot")
        #expect(ended.reason == .uncaughtSignal)
        #expect(ended.errors.contains("SPANMETER_TESTVFS 'forgot' is no plan"))
    }

    struct Ended {
        var reason: Process.TerminationReason
        var acknowledged: [Int64]
        var errors: String
        var stats: [String: Int]
    }

    /// Lets the measuring program append 20 entries under `plan`; it lies beside the test bundle.
    private func run(_ plan: String, in other: TemporaryDirectory? = nil) throws -> Ended {
        let path = (other ?? directory).path
        let bundle = URL(
            filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let products = bundle.deletingLastPathComponent()
        let process = Process()
        process.executableURL = products.appending(path: "store")
        process.arguments = ["--directory", path, "--acknowledge", "20"]
        process.environment = [
            "LD_PRELOAD": products.appending(path: "libtestvfs.so").path, "SPANMETER_TESTVFS": plan,
        ]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // A few lines: neither pipe is ever full.
        process.waitUntilExit()
        let lines = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let stats = (try? String(contentsOfFile: "\(path)/stats", encoding: .utf8)) ?? ""
        let counts = stats.split(separator: "\n").map { $0.split(separator: " ") }
        return Ended(
            reason: process.terminationReason,
            acknowledged: lines.split(separator: "\n").compactMap { Int64($0) },
            errors: String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self),
            stats: Dictionary(uniqueKeysWithValues: counts.map { (String($0[0]), Int($0[1]) ?? 0) }))
    }
}
