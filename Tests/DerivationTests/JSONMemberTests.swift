import Foundation
import Packs
import SeededRandom
import Testing

@Suite struct `A value in a JSON text` {
    static func value(_ path: [String], in text: String) -> String? {
        value(path, in: [UInt8](text.utf8))
    }

    static func value(_ path: [String], in bytes: [UInt8]) -> String? {
        // Something stands around it, as in a request.
        let all = [0x22] + bytes + [0x7D, 0x2C]
        let names = path.map { [UInt8]($0.utf8) }
        guard let range = JSONMember.range(of: names, in: all.span.bytes, at: 1, count: bytes.count) else {
            return nil
        }
        return String(decoding: all[range], as: UTF8.self)
    }

    @Test(
        arguments: [
            (#"{"input":12,"output":3}"#, "12"), (#" { "output" : 3 , "input" : 12 } "#, "12"),
            (#"{"input":"12"}"#, "12"), (#"{"input":-1.5e-3}"#, "-1.5e-3"), (#"{"input":0.25}"#, "0.25"),
            (#"{"input":true}"#, "true"), (#"{"input":false}"#, "false"), (#"{"input":""}"#, ""),
            (#"{"a":{"input":1},"b":[1,{"input":2}],"c":"\"input\":3","input":12}"#, "12"),
            (#"{"a":null,"b":[],"c":{},"d":"}","input":12}"#, "12"),
            ("{\n\t\"input\":\r12\n}", "12"),
            // The first of two; what was cut off behind it.
            (#"{"input":12,"input":13}"#, "12"), (#"{"input":12,"outp"#, "12"),
            (#"{"größe":"ü","input":12}"#, "12"),
        ]) func `is found`(text: String, value: String)
    {
        #expect(Self.value(["input"], in: text) == value)
    }

    @Test(
        arguments: [
            "", "{}", "[]", "null", "12", "input", #"{"output":3}"#, #"{"Input":12}"#, #"{"input":null}"#,
            #"{"input":{}}"#, #"{"input":[1]}"#, #"{"input":12"#, #"{"input":1"#, #"{"input":"1"#,
            #"{"input":"a\"b"}"#, #"{"inp\u0075t":12}"#, #"{"input":0x10}"#, #"{"input":nan}"#,
            #"{"input":inf}"#,
            #"{"input":012}"#, #"{"input":1.}"#, #"{"input":.5}"#, #"{"input":1e}"#, #"{"input":--1}"#,
            #"{"input":1 2}"#, #"{'input':12}"#, #"{input:12}"#, #"{"input" 12}"#, #"{"a":1 "input":12}"#,
            #"{"a":,"input":12}"#, #"{"a":],"input":12}"#, #"{"input":12]"#, #"{,"input":12}"#,
            #"[{"input":12}]"#,
            #""{\"input\":12}""#, "{\"a\u{1}\":1,\"input\":12}",
        ]) func `is missing`(text: String)
    {
        #expect(Self.value(["input"], in: text) == nil)
    }

    @Test func `is found in objects in objects`() {
        let text = #"{"a":{"x":1},"details":{"cached":{"read":7},"other":{"cached":9}},"cached":1}"#
        #expect(Self.value(["details", "cached", "read"], in: text) == "7")
        #expect(Self.value(["details", "other", "cached"], in: text) == "9")
        #expect(Self.value(["details", "cached"], in: text) == nil)
        #expect(Self.value(["a", "cached"], in: text) == nil)
        #expect(Self.value(["cached", "read"], in: text) == nil)
        #expect(Self.value([], in: text) == nil)
    }

    @Test func `is not looked for in long texts`() {
        let long = #"{"a":""# + String(repeating: "x", count: JSONMember.byteCountMax) + #"","input":1}"#
        #expect(Self.value(["input"], in: long) == nil)
        let deep = #"{"a":"# + String(repeating: "[", count: 8_000) + String(repeating: "]", count: 8_000)
        #expect(Self.value(["input"], in: deep + #","input":1}"#) == "1")
    }

    @Test func `is what another reader finds in random objects, and damage does no harm`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let names = ["input", "output", "in put", "a", "größe"]
            var object: [String: Any] = [:]
            for name in names where random.once(in: 2) { object[name] = Self.random(&random, depth: 2) }
            let data = try JSONSerialization.data(
                withJSONObject: object, options: random.once(in: 2) ? [.prettyPrinted] : [])
            let name = random.pick(names)
            let found = Self.value([name], in: [UInt8](data))
            switch object[name] {
            case let number as Int: #expect(found == "\(number)", "seed \(seed)")
            case let text as String: #expect(found == text, "seed \(seed)")
            default: #expect(found == nil, "seed \(seed)")
            }
            var damaged = [UInt8](data)
            for _ in 0..<3 {
                let place = random.below(damaged.count)
                switch random.below(3) {
                case 0: damaged[place] = UInt8(truncatingIfNeeded: random.below(256))
                case 1: damaged.removeSubrange(place...)
                default: damaged.insert(random.pick(Array(#"{}[]",:\0-e"#.utf8)), at: place)
                }
                if damaged.isEmpty { break }
            }
            _ = Self.value([name, "a"], in: damaged)
            _ = Self.value([name], in: damaged)
        }
    }

    private static func random(_ random: inout SeededRandom, depth: Int) -> Any {
        switch random.below(depth > 0 ? 5 : 3) {
        case 0: return random.below(100_000) - 50_000
        case 1: return random.pick(["", "x", "a b", "{", "}", ","])
        case 2: return NSNull()
        case 3: return [Self.random(&random, depth: depth - 1), Self.random(&random, depth: depth - 1)]
        default: return ["input": Self.random(&random, depth: depth - 1), "a": 1]
        }
    }
}
