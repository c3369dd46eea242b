/// Escaping of the text format 0.0.4.
///
/// Source: Prometheus' exposition formats page: `\\`, `\n` everywhere, `\"` in label values only.
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
}
