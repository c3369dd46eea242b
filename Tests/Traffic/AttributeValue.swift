import ProtobufWriter

/// The value of an OTLP attribute, in the kinds that the routing suites send.
enum AttributeValue {
    case string(String)
    case int(Int)
    case double(Double)
}

extension ProtobufWriter {
    /// Writes a `KeyValue` as field `field` of the message being built.
    mutating func attribute(_ field: UInt64, _ key: String, _ value: AttributeValue) {
        message(field) { pair in
            pair.string(1, key)
            pair.message(2) { any in
                switch value {
                case .string(let text): any.string(1, text)
                case .int(let number): any.integer(3, UInt64(bitPattern: Int64(number)))
                case .double(let number): any.fixed64(4, number.bitPattern)
                }
            }
        }
    }
}
