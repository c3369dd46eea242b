import Foundation
import Packs
import Testing
import TraceBuilder

@Suite struct `The README's pack` {
    /// The block of YAML in README.md that is a pack.
    static func text() throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        let readme = try String(contentsOf: file, encoding: .utf8)
        let blocks = readme.split(separator: "```yaml\n").dropFirst().compactMap {
            $0.split(separator: "```", maxSplits: 1).first
        }
        return String(try #require(blocks.first { $0.hasPrefix("pack: deploys\n") }))
    }

    @Test func `is small, complete, and works beside the built-in ones`() throws {
        let text = try Self.text()
        #expect(text.split(separator: "\n").count <= 30)
        let sources = PackSource.builtIn + [PackSource(file: "README.md", text: text)]
        let body = TraceBody.bytes([
            SpanContent("deploy api", status: .ok, seconds: 40, ["deploy.target": "eu", "retry.count": "3"]),
            SpanContent("deploy api", kind: .client, seconds: 5, ["deployment.id": "eu"]),
            SpanContent("deploy web", status: .error, ["deploy.target": "us", "deploy.attempts": 2]),
            SpanContent("deploy web", kind: .server, ["deploy.target": "us"]),
            SpanContent("routing_test_TC1", status: .ok),
        ])
        let scraped = try Scraped([body], sources: sources)
        #expect(
            scraped.series("deploys_total").sorted() == [
                "{target=\"eu\",outcome=\"rescued\"} 1", "{target=\"eu\",outcome=\"succeeded\"} 1",
                "{target=\"us\",outcome=\"failed\"} 1",
            ])
        #expect(scraped.sum("deploy_attempts_total") == 6)
        #expect(scraped.sum("deploy_duration_seconds_bucket", "le=\"30\"") == 2)
        #expect(scraped.sum("deploy_duration_seconds_count") == 3)
        #expect(scraped.sum("traces_spanmetrics_calls_total") == 5)
        #expect(scraped.sum("routing_test_results_total") == 1)
    }
}
