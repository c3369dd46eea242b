/// Escaping of the text formats.
///
/// Source: Prometheus' exposition formats page: `\\`, `\n` everywhere, `\"` in label values only; OpenMetrics 1.0.0,
/// which writes help texts as label values.
enum Escaping {
    static func append(labelValue: some Sequence<UInt8>, to target: inout [UInt8]) {
        for byte in labelValue {
            switch byte {
            case UInt8(ascii: "\\"): target += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case UInt8(ascii: "\n"): target += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\""): target += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
            default: target.append(byte)
            }
        }
    }

    static func append(help: String, to target: inout [UInt8]) {
        for byte in help.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): target += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case UInt8(ascii: "\n"): target += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            default: target.append(byte)
            }
        }
    }

    /// Replaces `target` by what was a label value before it was escaped.
    static func unescape(_ value: some Sequence<UInt8>, into target: inout [UInt8]) {
        target.removeAll(keepingCapacity: true)
        var isEscaped = false
        for byte in value {
            if isEscaped {
                target.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                target.append(byte)
            }
        }
    }
}
