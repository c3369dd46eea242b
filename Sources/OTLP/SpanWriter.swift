import Bytes

/// Writes export requests of spans that are our own.
package struct SpanWriter: ~Copyable {
    /// A value of an attribute.
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Double)
        case truth(Bool)
    }

    /// An attribute; those without a value are left out.
    package typealias Attribute = (key: String, value: Value?)

    /// A span that is to be written.
    package struct Span: Sendable {
        package var name: String
        /// The trace id's bytes as two numbers, the first eight first.
        package var trace: (UInt64, UInt64)
        package var id: UInt64
        /// 0 for a root.
        package var parent: UInt64
        /// Nanoseconds since 1970.
        package var start: UInt64
        package var end: UInt64

        package init(
            name: String, trace: (UInt64, UInt64), id: UInt64, parent: UInt64 = 0, start: UInt64, end: UInt64
        ) {
            self.name = name
            self.trace = trace
            self.id = id
            self.parent = parent
            self.start = start
            self.end = end
        }
    }

    private let resource: [UInt8]
    private var spans = ByteWriter(capacity: 1 << 14)
    /// How many spans the request has so far.
    package private(set) var count = 0

    /// Field numbers of OTLP, each with its wire type.
    private enum Tag {
        static let message1: UInt8 = 1 << 3 | 2
        static let message2: UInt8 = 2 << 3 | 2
        static let parent: UInt8 = 4 << 3 | 2
        static let name: UInt8 = 5 << 3 | 2
        static let start: UInt8 = 7 << 3 | 1
        static let end: UInt8 = 8 << 3 | 1
        static let attribute: UInt8 = 9 << 3 | 2
        static let truth: UInt8 = 2 << 3
        static let number: UInt8 = 4 << 3 | 1
    }

    /// - Parameter resource: attributes of the resource of all spans.
    package init(resource: [Attribute]) {
        var attributes = ByteWriter(capacity: 1 << 8)
        for (key, value) in resource { Self.write(key, value, tag: Tag.message1, to: &attributes) }
        self.resource = attributes.bytes
    }

    package mutating func add(_ span: Span, _ attributes: [Attribute]) {
        var body = ByteWriter(capacity: 1 << 9)
        Self.write([span.trace.0, span.trace.1], tag: Tag.message1, to: &body)
        Self.write([span.id], tag: Tag.message2, to: &body)
        if span.parent != 0 { Self.write([span.parent], tag: Tag.parent, to: &body) }
        body.byte(Tag.name)
        body.text(span.name)
        body.byte(Tag.start)
        body.fixed64(span.start)
        body.byte(Tag.end)
        body.fixed64(span.end)
        for (key, value) in attributes { Self.write(key, value, tag: Tag.attribute, to: &body) }
        Self.write(body.bytes, tag: Tag.message2, to: &spans)
        count += 1
    }

    /// The request of what was added; the next one begins empty.
    package mutating func finish() -> [UInt8] {
        var inner = ByteWriter(capacity: resource.count + 1 << 14)
        Self.write(resource, tag: Tag.message1, to: &inner)
        Self.write(spans.bytes, tag: Tag.message2, to: &inner)
        var request = ByteWriter(capacity: 1 << 14)
        Self.write(inner.bytes, tag: Tag.message1, to: &request)
        spans.removeAll()
        count = 0
        return request.bytes
    }

    private static func write(_ key: String, _ value: Value?, tag: UInt8, to writer: inout ByteWriter) {
        guard let value else { return }
        var content = ByteWriter(capacity: 1 << 6)
        switch value {
        case .text(let text):
            content.byte(Tag.message1)
            content.text(text)
        case .truth(let truth):
            content.byte(Tag.truth)
            content.byte(truth ? 1 : 0)
        case .number(let number):
            content.byte(Tag.number)
            content.fixed64(number.bitPattern)
        }
        var pair = ByteWriter(capacity: 1 << 7)
        pair.byte(Tag.message1)
        pair.text(key)
        write(content.bytes, tag: Tag.message2, to: &pair)
        write(pair.bytes, tag: tag, to: &writer)
    }

    private static func write(_ bytes: [UInt8], tag: UInt8, to writer: inout ByteWriter) {
        writer.byte(tag)
        writer.text(bytes.span.bytes, at: 0, count: bytes.count)
    }

    /// An id: its numbers, the high byte of each first.
    private static func write(_ numbers: [UInt64], tag: UInt8, to writer: inout ByteWriter) {
        writer.byte(tag)
        writer.byte(UInt8(truncatingIfNeeded: numbers.count * 8))
        for number in numbers { writer.fixed64(number.byteSwapped) }
    }
}
