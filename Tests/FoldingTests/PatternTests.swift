import MetricModel
import Testing

@Suite struct `Patterns of failures` {
    static let vectors: [(type: String, message: String, pattern: String?)] = [
        ("AssertionError", "stock lock lost (p=0.990)", "AssertionError: stock lock lost (p=#)"),
        ("AssertionError", "AssertionError: lost", "AssertionError: lost"),
        ("", "expected 'Anna' but got \"Otto\"", "expected \"…\" but got \"…\""),
        ("", "can't open /var/lib/x-17.db", "can't open <path>"),
        ("", "GET https://shop.test/cart?id=7 gave 503", "GET <path> gave #"),
        ("", "order 3f2504e0-4f89-41d3-9a0c-0305e82c3301 is gone", "order <id> is gone"),
        ("", "<Cart object at 0x7f3a> differs", "<Cart object at <id>> differs"),
        ("", "build 6a85d711 of façade", "build <id> of façade"),
        ("", "\n\n  too   late\t by 12,5 s\nmore", "too late by # s"),
        ("TimeoutError", "", "TimeoutError"), ("", "", nil), ("", " \n ", nil),
        ("", "broker refused the login of jane.doe+a@example.com.", "broker refused the login of <address>."),
        ("", "@wraps and a @ b", "@wraps and a @ b"),
        ("", "1/2 of 10", "#/# of #"),
        ("", String(repeating: "ä", count: 100), String(repeating: "ä", count: 60)),
    ]

    @Test(arguments: vectors) func `keep what every such failure says`(
        type: String, message: String, pattern: String?
    ) {
        #expect(FailurePattern.text(type: Array(type.utf8), message: Array(message.utf8)) == pattern)
    }

    @Test func `take any bytes`() {
        var bytes: [UInt8] = []
        for number in 0..<2_000 { bytes.append(UInt8(truncatingIfNeeded: number &* 167 &+ number / 7)) }
        for start in 0..<256 {
            let text = FailurePattern.text(type: [0xFF], message: Array(bytes[start...]))
            #expect(text?.isEmpty == false)
        }
    }

    @Test func `ids that are too long stay different`() {
        let long = String(repeating: "x", count: 300)
        let a = CaseID.text(long + "a", byteCountMax: 256)
        let b = CaseID.text(long + "b", byteCountMax: 256)
        #expect(a != b)
        #expect(a.utf8.count == 256)
        #expect(a.hasPrefix(String(repeating: "x", count: 247) + "~"))
        #expect(CaseID.text("short", byteCountMax: 256) == "short")
        #expect(CaseID.text(String(repeating: "ä", count: 200), byteCountMax: 255).utf8.count == 255)
    }
}
