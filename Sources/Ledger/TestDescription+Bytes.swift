internal import Bytes

/// A description in its row: version, service, test, environment, suite, file, skill, streak; what may be missing
/// begins with 0 or 1.
extension TestDescription {
    private static let version: UInt8 = 2
    /// The same without the skill.
    private static let versionBefore: UInt8 = 1

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        writer.byte(Self.version)
        for text in [service, test, environment] { writer.text(text) }
        for text in [suite, file, skill] {
            writer.byte(text == nil ? 0 : 1)
            if let text { writer.text(text) }
        }
        writer.byte(streak == nil ? 0 : 1)
        if let streak {
            writer.byte(streak.revision == nil ? 0 : 1)
            if let revision = streak.revision { writer.text(revision) }
            writer.varint(UInt64(bitPattern: streak.start))
        }
        return writer.bytes
    }

    init(_ bytes: RawSpan) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        let version = try reader.byte(bytes)
        guard version == Self.version || version == Self.versionBefore else { throw reader.failure }
        service = try reader.string(bytes)
        test = try reader.string(bytes)
        environment = try reader.string(bytes)
        suite = try reader.byte(bytes) == 0 ? nil : try reader.string(bytes)
        file = try reader.byte(bytes) == 0 ? nil : try reader.string(bytes)
        if version != Self.versionBefore {
            skill = try reader.byte(bytes) == 0 ? nil : try reader.string(bytes)
        }
        guard try reader.byte(bytes) != 0 else { return }
        let revision = try reader.byte(bytes) == 0 ? nil : try reader.string(bytes)
        streak = StreakBegin(revision: revision, start: Int64(bitPattern: try reader.varint(bytes)))
    }
}
