import ProtobufWriter

/// A span as a test wants it; what a test does not say is what a well-behaved client sends.
package struct SpanContent: Sendable {
    /// OTLP's kinds.
    package enum Kind: UInt64, Sendable, CaseIterable {
        case unspecified, `internal`, server, client, producer, consumer
    }

    /// OTLP's status codes.
    package enum Status: UInt64, Sendable, CaseIterable {
        case unset, ok, error
    }

    package var name: String
    package var kind: UInt64
    package var status: UInt64
    package var statusMessage = ""
    package var attributes: [(key: String, value: AttributeContent)]
    /// Names, nanoseconds since 1970 and attributes.
    package var events: [(name: String, nanoseconds: UInt64, attributes: Attributes)] = []
    package var traceID = [UInt8](repeating: 0xA5, count: 16)
    package var spanID: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    package var parentSpanID: [UInt8] = []
    package var startNanoseconds: UInt64 = 1_700_000_000_000_000_000
    package var endNanoseconds: UInt64

    /// - Parameter seconds: from start to end.
    package init(
        _ name: String = "work", kind: Kind = .internal, status: Status = .unset, seconds: Double = 0.25,
        _ attributes: Attributes = [:]
    ) {
        self.name = name
        self.kind = kind.rawValue
        self.status = status.rawValue
        self.attributes = attributes.map { ($0.key, $0.value) }
        endNanoseconds = startNanoseconds + UInt64((seconds * 1e9).rounded())
    }

    /// A span whose name and times do not matter.
    package init(_ attributes: Attributes) {
        self.init("work", attributes)
    }

    fileprivate func write(to writer: inout ProtobufWriter) {
        if !traceID.isEmpty { writer.data(1, traceID) }
        if !spanID.isEmpty { writer.data(2, spanID) }
        if !parentSpanID.isEmpty { writer.data(4, parentSpanID) }
        writer.text(5, name)
        writer.integer(6, kind)
        if startNanoseconds > 0 { writer.fixed64(7, startNanoseconds) }
        if endNanoseconds > 0 { writer.fixed64(8, endNanoseconds) }
        for attribute in attributes { writer.attribute(9, attribute.key, attribute.value) }
        for event in events {
            writer.message(11) { inner in
                inner.fixed64(1, event.nanoseconds)
                inner.text(2, event.name)
                for attribute in event.attributes { inner.attribute(3, attribute.key, attribute.value) }
            }
        }
        writer.message(15) { field in
            field.text(2, statusMessage)
            if status > 0 { field.integer(3, status) }
        }
    }
}

/// The bytes of an export request: one resource, one scope, spans.
package enum TraceBody {
    /// Encodes a request as the usual clients do.
    package static func bytes(
        resource: Attributes = ["service.name": "shop"], scope: String = "tests", version: String = "",
        scopeAttributes: Attributes = [:], _ spans: [SpanContent]
    ) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(1) { group in
            group.message(1) { body in
                for attribute in resource { body.attribute(1, attribute.key, attribute.value) }
            }
            group.message(2) { inner in
                inner.message(1) { head in
                    head.text(1, scope)
                    head.text(2, version)
                    for attribute in scopeAttributes { head.attribute(3, attribute.key, attribute.value) }
                }
                for span in spans { inner.message(2) { span.write(to: &$0) } }
            }
        }
        return writer.bytes
    }
}

extension ProtobufWriter {
    /// Leaves an empty text out, as clients do.
    fileprivate mutating func text(_ field: UInt64, _ value: String) {
        if !value.isEmpty { string(field, value) }
    }

    fileprivate mutating func attribute(_ field: UInt64, _ key: String, _ value: AttributeContent) {
        message(field) { pair in
            pair.text(1, key)
            pair.message(2) { value.write(to: &$0) }
        }
    }
}
