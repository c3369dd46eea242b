import OTLP
import TraceSamples

/// Reads bodies with the trace reader and with protobuf-c, and says where they differ.
struct Comparison {
    private let keys: [[UInt8]]
    private let readerKeys: AttributeKeys
    private let slotCount: Int

    /// What differed in the last body, for people; nil where protobuf-c refused it or all was the same.
    private(set) var difference: String?
    /// Why the reader refused the last body; nil where it took it.
    private(set) var refusal: WireError?

    init(keys: [String]) {
        self.keys = keys.map { Array($0.utf8) }
        readerKeys = AttributeKeys(keys)
        slotCount = keys.count
    }

    /// The spans of `body` as protobuf-c sees them, nil where it refuses the body; notes the difference.
    mutating func spans(_ body: [UInt8]) -> [SpanFacts]? {
        var reader = TraceReader(keys: readerKeys)
        return spans(body, with: &reader)
    }

    /// The same with a reader that has read other bodies before.
    mutating func spans(_ body: [UInt8], with reader: inout TraceReader) -> [SpanFacts]? {
        difference = nil
        refusal = nil
        let expected = SpanFacts.oracle(body, keys: keys)
        do {
            let found = try SpanFacts.read(body, with: &reader, slotCount: slotCount)
            if let expected { note(expected, found) }
        } catch {
            refusal = error
            if expected != nil { difference = "refused: \(error)" }
        }
        return expected
    }

    private mutating func note(_ expected: [SpanFacts], _ found: [SpanFacts]) {
        if expected.count != found.count {
            difference = "\(found.count) spans instead of \(expected.count)"
        }
        for (index, (wanted, got)) in zip(expected, found).enumerated() where wanted != got {
            difference = "span \(index):" + Self.fields(wanted, got)
            return
        }
    }

    /// The fields of two spans that differ.
    private static func fields(_ wanted: SpanFacts, _ got: SpanFacts) -> String {
        var text = ""
        let pairs = zip(Mirror(reflecting: wanted).children, Mirror(reflecting: got).children)
        for (left, right) in pairs where "\(left.value)" != "\(right.value)" {
            text += " \(left.label ?? ""): \(right.value) instead of \(left.value)"
        }
        return text
    }
}

/// Bytes as a regression test can take them.
func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
