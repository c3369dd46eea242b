import Configuration
import Foundation
import MetricModel
import Packs
import Service
import Testing
import TraceBuilder

@Suite struct `What spanmeter says of itself` {
    /// `name kind help` of each family of a page, and the labels of its samples.
    private struct Families {
        var heads: [String: String] = [:]
        var labels: [String: Set<String>] = [:]

        init(_ page: String) {
            for line in page.split(separator: "\n") {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                if line.hasPrefix("# HELP ") { heads[words[2], default: ""] += words[3] }
                if line.hasPrefix("# TYPE ") { heads[words[2], default: ""] += "|" + words[3] }
                guard !line.hasPrefix("#"), let brace = line.firstIndex(of: "{") else { continue }
                let names = line.matches(of: /[{,]([a-z_]+)="/).map { String($0.output.1) }
                labels[String(line[..<brace]), default: []].formUnion(names)
            }
        }
    }

    private static func page() async throws -> String {
        let directory = NSTemporaryDirectory() + "spanmeter-own-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let variables = [
            "SPANMETER_OTLP_GRPC": "localhost:0", "SPANMETER_OTLP_HTTP": "localhost:0",
            "SPANMETER_METRICS": "localhost:0", "SPANMETER_ZERO_FIRST": "off", "SPANMETER_LINGER": "0s",
            "SPANMETER_DATA": directory, "HOME": "/",
        ]
        let settings = try Settings.load(flags: FlagValues(), environment: variables) { _ in nil }
        let prices = PriceTable(
            version: "1", source: "a test", models: [PriceTable.Model(pattern: "*", input: 1, output: 1)])
        let packs = try PackSet(sources: PackSource.builtIn, prices: prices)
        let sidecar = try await Sidecar.start(settings, packs: packs, version: "1", log: TestServer.quiet)
        // A value that cannot be used, so that refusals are shown; and a cost of today.
        var span = SpanContent("routing_test_a", ["retry_count": "many", "cost_usd": 0.5])
        span.startNanoseconds = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
        span.endNanoseconds = span.startNanoseconds + 1
        let body = TraceBody.bytes([span])
        let sender = try await RawClient.connect(sidecar.bound.http.port)
        try await sender.send(
            "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
                + "Content-Length: \(body.count)\r\n\r\n")
        try await sender.send(body)
        #expect(try await sender.responses().first?.status == 200)
        await sender.close()
        let scraper = try await RawClient.connect(sidecar.bound.scrape.port)
        try await scraper.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        let response = try #require(try await scraper.responses().first)
        await scraper.close()
        await sidecar.drain()
        return String(decoding: response.body, as: UTF8.self)
    }

    @Test func `is on a page as it is declared, and nothing else is`() async throws {
        let families = Families(try await Self.page())
        let shown = families.heads.filter { $0.key.hasPrefix("spanmeter_") || $0.key.hasPrefix("process_") }
        var declared: [String: String] = [:]
        for metric in OwnMetric.all { declared[metric.name] = "\(metric.help)|\(metric.kind.rawValue)" }
        #expect(declared.count == OwnMetric.all.count)
        for (name, head) in shown { #expect(declared[name] == head, "\(name)") }
        // Nothing was refused by the listeners.
        #expect(
            Set(declared.keys).subtracting(shown.keys).subtracting(["spanmeter_connections_ended_total"])
                == [])
        for metric in OwnMetric.all where shown[metric.name] != nil {
            let sample = metric.kind == .histogram ? metric.name + "_bucket" : metric.name
            let labels = families.labels[sample, default: []].subtracting(["le"])
            #expect(labels == Set(metric.labels), "\(metric.name)")
        }
    }
}
