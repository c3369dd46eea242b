import Foundation
import NIOCore

/// What repeated scrapes of a server at rest cost it.
struct RenderFigures {
    let scrapes: Int
    let lineCount: Int
    let byteCount: Int
    let nanosecondsPerLine: Double
    let medianSeconds: Double
}

extension Run {
    /// Fills the server once through `measure`, then scrapes it again and again while nothing else happens.
    func render(scrapes: Int) async throws -> RenderFigures {
        let process = ProcessReading(processID: server.processID)
        // The first page after a load may still render what has changed.
        var page = try await scrape()
        let before = try process.cpuNanoseconds()
        var seconds: [Double] = []
        for _ in 0..<scrapes {
            page = try await scrape()
            seconds.append(page.seconds)
        }
        let spent = Double(try process.cpuNanoseconds() - before)
        return RenderFigures(
            scrapes: scrapes,
            lineCount: page.lineCount,
            byteCount: page.byteCount,
            nanosecondsPerLine: spent / Double(scrapes) / Double(max(page.lineCount, 1)),
            medianSeconds: seconds.sorted()[scrapes / 2]
        )
    }
}
