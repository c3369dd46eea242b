import MetricModel
import NIOCore
import OTLP
import Testing

@testable import Service

@Suite struct RequestMetricsTests {
    @Test func `a request is counted by its labels and in its bucket`() {
        let metrics = RequestMetrics()
        metrics.record(.grpc, .traces, .grpc(.ok), took: .microseconds(500))
        metrics.record(.grpc, .traces, .grpc(.ok), took: .microseconds(501))
        metrics.record(.grpc, .logs, .grpc(.unimplemented), took: .seconds(31))
        metrics.record(.httpProtobuf, .traces, .http(.ok), took: .milliseconds(-1))
        let snapshot = metrics.snapshot()
        let lines = snapshot.requests.map { "\($0.wire.rawValue) \($0.signal) \($0.code.text) \($0.count)" }
        #expect(lines == ["grpc traces OK 2", "grpc logs UNIMPLEMENTED 1", "http/protobuf traces 200 1"])
        #expect(snapshot.durations.map(\.wire) == WireProtocol.allCases)
        #expect(snapshot.durations[0].counts == [1, 1] + [UInt64](repeating: 0, count: 13) + [1])
        #expect(snapshot.durations[0].sumSeconds == 31.001001)
        #expect(snapshot.durations[1].counts.reduce(0, +) == 1)
        #expect(snapshot.ends.isEmpty)
    }

    @Test func `every code has a place of its own and a text`() {
        #expect(AnswerCode.allCases.map(\.index) == Array(AnswerCode.allCases.indices))
        #expect(Set(AnswerCode.allCases.map(\.text)).count == AnswerCode.allCases.count)
    }
}
