import Bytes
import Dedupe
import MetricModel
import SeededRandom
import Testing

@Suite struct `The dedupe window` {
    /// What the window does, said simply.
    struct Model {
        var keys: [(key: UInt64, arrival: Int64)] = []
        var known: Set<UInt64> = []

        mutating func add(_ new: [UInt64], arrival: Int64, keyCountMax: Int) -> [UInt32] {
            let repeats = new.indices.filter { known.contains(new[$0]) }.map { UInt32($0) }
            if !repeats.isEmpty { return repeats }
            for key in new {
                keys.append((key, arrival))
                known.insert(key)
                if keys.count > keyCountMax { known.remove(keys.removeFirst().key) }
            }
            return []
        }

        mutating func rollBack(to count: Int) {
            while keys.count > count { known.remove(keys.removeLast().key) }
        }
    }

    /// Keys with few different buckets, so that these overflow.
    static func key(_ number: UInt64, crowded: Bool) -> SpanKey {
        let mixed = number &* 0x9E37_79B9_7F4A_7C15
        return SpanKey(low: crowded ? number % 7 : mixed ^ mixed &>> 31, high: mixed &* 0xD1B5_4A32_D192_ED03)
    }

    static func buffer(_ numbers: [UInt64], crowded: Bool) -> OwnedBuffer<SpanKey> {
        var keys = OwnedBuffer<SpanKey>(capacity: max(1, numbers.count))
        for number in numbers { keys.append(key(number, crowded: crowded)) }
        return keys
    }

    @Test(arguments: [false, true], 1...2)
    func `knows just the newest keys, through evictions and roll-backs`(crowded: Bool, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let keyCountMax = crowded ? 4_096 : 16_384
        var window = DedupeWindow(keyCountMax: keyCountMax, ageMax: 1_000_000_000)
        var model = Model()
        var next: UInt64 = 1
        for step in 0..<(crowded ? 60 : 200) {
            let before = window.end
            var numbers: [UInt64] = []
            let first = next
            for _ in 0..<Int.random(in: 1...200, using: &random) {
                if Int.random(in: 0..<400, using: &random) == 0, first > 1 {
                    numbers.append(UInt64.random(in: 1..<first, using: &random))
                } else {
                    numbers.append(next)
                    next += 1
                }
            }
            var keys = Self.buffer(numbers, crowded: crowded)
            let repeats = window.add(&keys, arrival: Int64(step))
            let wanted = model.add(numbers, arrival: Int64(step), keyCountMax: keyCountMax)
            #expect(repeats == wanted, "seed \(seed), step \(step)")
            if repeats.isEmpty, Int.random(in: 0..<5, using: &random) == 0, window.end - before < 200,
                model.keys.count < keyCountMax
            {
                window.rollBack(to: before)
                model.rollBack(to: model.keys.count - numbers.count)
            }
            #expect(window.count == model.keys.count)
        }
    }

    @Test func `names a key that comes twice in one request`() {
        var window = DedupeWindow(keyCountMax: 4_096, ageMax: 10_000)
        var keys = Self.buffer([1, 2, 1, 3, 2], crowded: false)
        #expect(window.add(&keys, arrival: 0) == [2, 4])
        #expect(window.count == 0)
        var rest = Self.buffer([1, 2, 3], crowded: false)
        #expect(window.add(&rest, arrival: 0) == [])
    }

    @Test func `forgets keys after their time`() {
        var window = DedupeWindow(keyCountMax: 4_096, ageMax: 10_000)
        for second in 0..<30 as Range<Int64> {
            var keys = Self.buffer([UInt64(second) + 1], crowded: false)
            #expect(window.add(&keys, arrival: second * 1_000) == [])
        }
        #expect(window.age(at: 29_000).map { $0 <= 11_000 } == true)
        var young = Self.buffer([25], crowded: false)
        #expect(window.add(&young, arrival: 29_000) == [0])
        var old = Self.buffer([5], crowded: false)
        #expect(window.add(&old, arrival: 29_000) == [])
        #expect(window.evictedEarlyCount == 0)
    }

    @Test func `says how many keys went before their time`() {
        var window = DedupeWindow(keyCountMax: 4_096, ageMax: 10_000)
        for number in 0..<5_000 as Range<UInt64> {
            var keys = Self.buffer([number + 1], crowded: false)
            #expect(window.add(&keys, arrival: 1) == [])
        }
        #expect(window.evictedEarlyCount == 5_000 - 4_096)
        #expect(window.count == 4_096)
    }

    @Test func `one request's spans without ids are known by its body, the others by themselves`() {
        var random = SeededRandom(seed: 1)
        let secret = KeySecret(using: &random)
        var identities = OwnedBuffer<SpanIdentity>()
        identities.append(SpanIdentity(trace: (1, 2), span: 3, kind: 1))
        identities.append(.unknown)
        identities.append(SpanIdentity(trace: (1, 2), span: 3, kind: 2))
        identities.append(.unknown)
        let body: [UInt8] = [1, 2, 3]
        var keys = RequestKeys()
        keys.make(&identities, body.span.bytes, secret)
        #expect(keys.keys.count == 3)
        #expect(keys.spans(of: [0, 2]) == [0, 1, 3])
        #expect(keys.spans(of: [1]) == [2])
        let stored = keys.storedBytes
        #expect(stored.count == 3 * SpanKey.byteCount)
        keys.make(&identities, body.span.bytes, secret, leavingOut: [0, 2])
        #expect(keys.storedBytes == Array(stored[32...]))
    }

    @Test func `another secret gives other keys, the same secret the same`() throws {
        var random = SeededRandom(seed: 2)
        let secret = KeySecret(using: &random)
        let other = KeySecret(using: &random)
        let stored = try #require(KeySecret(bytes: secret.storedBytes))
        let identity = SpanIdentity(trace: (1, 2), span: 3, kind: 1)
        #expect(secret.key(of: identity) == stored.key(of: identity))
        #expect(secret.key(of: identity) != other.key(of: identity))
        #expect(KeySecret(bytes: [1, 2, 3]) == nil)
    }
}
