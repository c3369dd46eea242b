import Bytes

/// Writes export requests of spans that are our own.
package struct SpanWriter: ~Copyable, Sendable {
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
        /// Whether its status is an error.
        package var isError: Bool

        package init(
            name: String, trace: (UInt64, UInt64), id: UInt64, parent: UInt64 = 0, start: UInt64, end: UInt64,
            isError: Bool = false
        ) {
            self.name = name
            self.trace = trace
            self.id = id
            self.parent = parent
            self.start = start
            self.end = end
            self.isError = isError
        }
    }

    private var resource: [UInt8]
    // Keep their memory from one span to the next.
    private var spans = ByteWriter(capacity: 1 << 14)
    private var body = ByteWriter(capacity: 1 << 9)
    /// How many spans the request has so far.
    package private(set) var count = 0

    /// Field numbers of OTLP, each with its wire type.
    fileprivate enum Tag {
        static let message1: UInt8 = 1 << 3 | 2
        static let message2: UInt8 = 2 << 3 | 2
        static let parent: UInt8 = 4 << 3 | 2
        static let name: UInt8 = 5 << 3 | 2
        static let start: UInt8 = 7 << 3 | 1
        static let end: UInt8 = 8 << 3 | 1
        static let attribute: UInt8 = 9 << 3 | 2
        static let status: UInt8 = 15 << 3 | 2
        static let code: UInt8 = 3 << 3
        static let truth: UInt8 = 2 << 3
        static let number: UInt8 = 4 << 3 | 1
    }

    /// - Parameter resource: attributes of the resource of all spans.
    package init(resource attributes: [Attribute] = []) {
        resource = []
        for (key, value) in attributes { add(key, value, tag: Tag.message1) }
        resource = body.bytes
        body.removeAll()
    }

    /// Adds a span with the attributes that were added since the last one.
    package mutating func add(_ span: Span) {
        body.byte(Tag.message1)
        body.byte(16)
        body.fixed64(span.trace.0.byteSwapped)
        body.fixed64(span.trace.1.byteSwapped)
        write(span.id, tag: Tag.message2)
        if span.parent != 0 { write(span.parent, tag: Tag.parent) }
        body.byte(Tag.name)
        body.text(span.name)
        body.byte(Tag.start)
        body.fixed64(span.start)
        body.byte(Tag.end)
        body.fixed64(span.end)
        if span.isError {
            body.byte(Tag.status)
            body.byte(2)
            body.byte(Tag.code)
            body.byte(2)
        }
        spans.byte(Tag.message2)
        spans.append(block: &body)
        count += 1
    }

    /// Adds an attribute to the span that comes next; nothing where it has no value.
    ///
    /// - Parameter prefix: what stands before `key`.
    package mutating func add(_ key: String, behind prefix: String = "", _ value: Value?) {
        add(key, behind: prefix, value, tag: Tag.attribute)
    }

    /// The request of what was added; the next one begins empty.
    package mutating func finish() -> [UInt8] {
        let resource = resource
        body.byte(Tag.message1)
        body.text(resource.span.bytes, at: 0, count: resource.count)
        body.byte(Tag.message2)
        body.append(block: &spans)
        var request = ByteWriter(capacity: body.count + 16)
        request.byte(Tag.message1)
        request.append(block: &body)
        count = 0
        return request.bytes
    }

    private mutating func add(_ key: String, behind prefix: String = "", _ value: Value?, tag: UInt8) {
        guard let value else { return }
        let keyCount = prefix.utf8.count + key.utf8.count
        let headCount = 1 + Self.varintCount(keyCount) + keyCount
        switch value {
        case .text(let text):
            let count = text.utf8.count
            begin(tag, headCount: headCount, contentCount: 1 + Self.varintCount(count) + count)
        case .truth: begin(tag, headCount: headCount, contentCount: 2)
        case .number: begin(tag, headCount: headCount, contentCount: 9)
        }
        body.byte(Tag.message1)
        body.text(prefix, key)
        switch value {
        case .text(let text): finish(text)
        case .truth(let truth):
            body.byte(Tag.message2)
            body.byte(2)
            body.byte(Tag.truth)
            body.byte(truth ? 1 : 0)
        case .number(let number): finish(number)
        }
    }

    /// A key that many spans have, as it is written.
    package struct Key: Sendable {
        fileprivate let bytes: [UInt8]

        package init(_ key: String) {
            var writer = ByteWriter(capacity: 64)
            writer.byte(Tag.message1)
            writer.text(key)
            bytes = writer.bytes
        }
    }

    /// Adds a text to the span that comes next; nothing where there is none.
    package mutating func add(_ key: borrowing Key, _ text: String?) {
        guard let text else { return }
        let count = text.utf8.count
        begin(
            Tag.attribute, headCount: key.bytes.count, contentCount: 1 + Self.varintCount(count) + count)
        body.plain(key.bytes)
        finish(text)
    }

    /// Adds a number likewise.
    package mutating func add(_ key: borrowing Key, _ number: Double?) {
        guard let number else { return }
        begin(Tag.attribute, headCount: key.bytes.count, contentCount: 9)
        body.plain(key.bytes)
        finish(number)
    }

    /// Begins an attribute, whose key and value follow.
    private mutating func begin(_ tag: UInt8, headCount: Int, contentCount: Int) {
        body.byte(tag)
        body.varint(headCount + 1 + Self.varintCount(contentCount) + contentCount)
    }

    private mutating func finish(_ text: String) {
        let count = text.utf8.count
        body.byte(Tag.message2)
        body.varint(1 + Self.varintCount(count) + count)
        body.byte(Tag.message1)
        body.text(text)
    }

    private mutating func finish(_ number: Double) {
        body.byte(Tag.message2)
        body.byte(9)
        body.byte(Tag.number)
        body.fixed64(number.bitPattern)
    }

    /// How many bytes a varint takes.
    private static func varintCount(_ value: Int) -> Int {
        var (count, rest) = (1, value >> 7)
        while rest > 0 {
            count += 1
            rest >>= 7
        }
        return count
    }

    /// An id, its high byte first.
    private mutating func write(_ id: UInt64, tag: UInt8) {
        body.byte(tag)
        body.byte(8)
        body.fixed64(id.byteSwapped)
    }
}

extension ByteWriter {
    /// Moves what another writer has behind its length.
    fileprivate mutating func append(block other: inout ByteWriter) {
        // SAFETY: the bytes are copied before the other writer is used again.
        let bytes = RawSpan(_unsafeBytes: other.unsafeBytes)
        text(bytes, at: 0, count: bytes.byteCount)
        other.removeAll()
    }
}
