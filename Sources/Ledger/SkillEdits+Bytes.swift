internal import Bytes
internal import MetricModel

/// ```
/// place = version source head
/// edit  = version kind skill path flags pathBefore? blob? blobBefore? digest? commit time diff count owner*
/// owner = service environment
/// ```
extension SkillPlace {
    private static let version: UInt8 = 1

    /// The row of how far it was read; the files follow from the changes.
    static func encoded(source: String, head: String) -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        writer.byte(version)
        writer.text(source)
        writer.text(head)
        return writer.bytes
    }

    init(kept bytes: RawSpan) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        guard try reader.byte(bytes) == Self.version else { throw reader.failure }
        self.init(source: try reader.string(bytes), head: try reader.string(bytes))
    }
}

extension KeptEdit {
    private static let version: UInt8 = 1

    private enum Flag {
        static let isDiffCut: UInt8 = 16
        static let isUnowned: UInt8 = 32
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 512)
        writer.byte(Self.version)
        writer.byte(edit.kind.rawValue)
        writer.text(edit.skill)
        writer.text(edit.path)
        let texts = [edit.pathBefore, edit.blob, edit.blobBefore, edit.digest]
        var flags: UInt8 = (edit.isDiffCut ? Flag.isDiffCut : 0) | (isUnowned ? Flag.isUnowned : 0)
        for (place, text) in texts.enumerated() where text != nil { flags |= 1 << UInt8(place) }
        writer.byte(flags)
        for text in texts { if let text { writer.text(text) } }
        writer.text(edit.commit)
        writer.varint(UInt64(bitPattern: edit.time))
        writer.text(edit.diff)
        writer.varint(counted.count)
        for owner in counted {
            writer.text(owner.service)
            writer.text(owner.environment)
        }
        return writer.bytes
    }

    init(_ number: Int64, _ bytes: RawSpan) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        guard try reader.byte(bytes) == Self.version,
            let kind = SkillEdit.Kind(rawValue: try reader.byte(bytes))
        else { throw reader.failure }
        let skill = try reader.string(bytes)
        let path = try reader.string(bytes)
        let flags = try reader.byte(bytes)
        var texts: [String?] = [nil, nil, nil, nil]
        for place in texts.indices where flags & (1 << UInt8(place)) != 0 {
            texts[place] = try reader.string(bytes)
        }
        self.number = number
        edit = SkillEdit(
            kind, skill: skill, path: path, pathBefore: texts[0], blob: texts[1], blobBefore: texts[2],
            digest: texts[3], commit: try reader.string(bytes),
            time: Int64(bitPattern: try reader.varint(bytes)))
        edit.diff = try reader.string(bytes)
        edit.isDiffCut = flags & Flag.isDiffCut != 0
        isUnowned = flags & Flag.isUnowned != 0
        for _ in 0..<(try reader.number(below: bytes.byteCount + 1, bytes)) {
            counted.append(
                Owner(service: try reader.string(bytes), environment: try reader.string(bytes)))
        }
    }
}
