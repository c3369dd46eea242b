import ProtobufWriter

/// The value of an attribute, written as a literal where that is possible.
package enum AttributeContent: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    case text(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    case array([AttributeContent])
    case bytes([UInt8])
    /// A text of bytes that need not be UTF-8.
    case rawText([UInt8])
    /// An `AnyValue` that holds nothing.
    case empty

    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: AttributeContent...) { self = .array(elements) }

    func write(to writer: inout ProtobufWriter) {
        switch self {
        case .text(let text): writer.string(1, text)
        case .rawText(let bytes): writer.data(1, bytes)
        case .bool(let value): writer.integer(2, value ? 1 : 0)
        case .int(let value): writer.integer(3, UInt64(bitPattern: value))
        case .double(let value): writer.fixed64(4, value.bitPattern)
        case .array(let elements):
            writer.message(5) { array in
                for element in elements { array.message(1) { element.write(to: &$0) } }
            }
        case .bytes(let bytes): writer.data(7, bytes)
        case .empty: break
        }
    }
}

/// Attributes in the order they are written; a key may come twice.
package typealias Attributes = KeyValuePairs<String, AttributeContent>
