import SeededRandom

/// Damages bodies, seeded: bits, cuts, splices, repetitions, lying lengths, and fields that nobody expects.
package struct BodyMutator: Sendable {
    private var random: SeededRandom

    package init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    private static let edgeBytes: [UInt8] = [0x00, 0x01, 0x0A, 0x12, 0x7F, 0x80, 0x81, 0xFE, 0xFF]

    /// One to four changes of `body`, with parts of `other` spliced in.
    package mutating func mutant(of body: [UInt8], and other: [UInt8]) -> [UInt8] {
        var bytes = body
        for _ in 0...random.below(4) {
            if random.once(in: 2) {
                mutateFields(&bytes)
            } else {
                mutateBytes(&bytes, other)
            }
        }
        return bytes
    }

    private mutating func mutateFields(_ bytes: inout [UInt8]) {
        guard var fields = FieldTree.fields(of: bytes) else { return mutateBytes(&bytes, []) }
        FieldTree.mutate(&fields, &random)
        bytes = FieldTree.encoded(fields)
    }

    private mutating func mutateBytes(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else { return bytes = random.bytes(1 + random.below(20)) }
        let index = random.below(bytes.count)
        switch random.below(9) {
        case 0, 1: bytes[index] ^= 1 << UInt8(random.below(8))
        case 2: bytes[index] = random.pick(Self.edgeBytes)
        case 3: bytes.removeSubrange(index...)
        case 4: bytes.removeSubrange(index..<min(bytes.count, index + 1 + random.below(16)))
        case 5: bytes.insert(contentsOf: random.bytes(1 + random.below(8)), at: index)
        case 6:
            // A varint that is too long, or a length beyond everything.
            bytes.insert(contentsOf: [UInt8](repeating: 0xFF, count: 1 + random.below(11)), at: index)
        case 7:
            let start = random.below(other.count + 1)
            bytes.insert(contentsOf: other[start..<min(other.count, start + random.below(100))], at: index)
        default: lie(&bytes, near: index)
        }
    }

    /// Makes a length wrong by one, or by much: the byte behind the next byte that looks like a tag with one.
    private mutating func lie(_ bytes: inout [UInt8], near index: Int) {
        let tags: Set<UInt8> = [0x0A, 0x12, 0x1A, 0x22, 0x2A, 0x32, 0x3A, 0x4A, 0x7A]
        guard let tag = bytes[index...].firstIndex(where: { tags.contains($0) }), tag + 1 < bytes.count else {
            return bytes[index] &+= 1
        }
        bytes[tag + 1] =
            switch random.below(4) {
            case 0: bytes[tag + 1] &+ 1
            case 1: bytes[tag + 1] &- 1
            case 2: 0
            default: bytes[tag + 1] | 0x80
            }
    }
}
