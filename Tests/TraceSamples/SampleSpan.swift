/// A span, its resource and its scope for tests that need just one thing to be odd.
package struct SampleSpan: Sendable {
    package var traceID = [UInt8](repeating: 1, count: 16)
    package var spanID = [UInt8](repeating: 2, count: 8)
    package var parentSpanID: [UInt8] = []
    package var name: [UInt8] = Array("sample".utf8)
    package var start: UInt64 = 1_700_000_000_000_000_000
    package var end: UInt64 = 1_700_000_001_000_000_000
    /// Encoded `KeyValue` messages of the span.
    package var attributes: [[UInt8]] = []
    /// Encoded `KeyValue` messages of the resource.
    package var resource: [[UInt8]] = []
    /// Encoded fields behind those of the span.
    package var more: [UInt8] = []

    package init() {}

    /// The span alone in a request.
    package var body: [UInt8] {
        var span = WireWriter()
        span.field(1, traceID)
        span.field(2, spanID)
        if !parentSpanID.isEmpty { span.field(4, parentSpanID) }
        span.field(5, name)
        span.field(7, fixed64: start)
        span.field(8, fixed64: end)
        for attribute in attributes { span.field(9, attribute) }
        span.raw(more)
        var resourceSpans = WireWriter()
        var inner = WireWriter()
        for attribute in resource { inner.field(1, attribute) }
        resourceSpans.field(1, inner.bytes)
        resourceSpans.field(2, WireWriter.field(2, span.bytes))
        return WireWriter.field(1, resourceSpans.bytes)
    }

    /// A `KeyValue` of a string.
    package static func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] {
        attribute(key, anyValue: WireWriter.field(1, value))
    }

    /// A `KeyValue` of an encoded `AnyValue`.
    package static func attribute(_ key: String, anyValue: [UInt8]) -> [UInt8] {
        WireWriter.field(1, Array(key.utf8)) + WireWriter.field(2, anyValue)
    }

    /// An `AnyValue` of `depth` arrays, each in the one before, around the string `x`.
    ///
    /// Complexity: O(`depth`): it is written from its end to its start.
    package static func nestedArray(depth: Int) -> [UInt8] {
        var reversed: [UInt8] = [0x78, 0x01, 0x0A]
        func wrap(_ tag: UInt8) {
            var head = WireWriter()
            head.varint(UInt64(reversed.count))
            reversed += head.bytes.reversed()
            reversed.append(tag)
        }
        for _ in 0..<depth {
            wrap(0x0A)
            wrap(0x2A)
        }
        return reversed.reversed()
    }
}
