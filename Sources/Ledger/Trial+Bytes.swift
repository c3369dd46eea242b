internal import Bytes
internal import MetricModel
internal import Statistics

/// ```
/// trial   = version kind service environment name serial changes last-change count version* count told*
/// told    = edition end
/// version = serial name flags first last passed total cost tokens count (code count)*
/// amount  = total count
/// case    = version name count (serial passed total)*
/// ```
extension TrialRecord {
    private static let version: UInt8 = 2
    /// The same without what cases told.
    private static let versionBefore: UInt8 = 1

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 512)
        writer.byte(Self.version)
        writer.byte(key.kind.rawValue)
        for text in [key.service, key.environment, key.name] { writer.text(text.text) }
        writer.varint(Int(nextSerial))
        writer.varint(changeCount)
        writer.varint(UInt64(bitPattern: lastChange))
        writer.varint(versions.count)
        for version in versions { version.write(to: &writer) }
        writer.varint(told.count)
        for change in told {
            writer.text(change.edition)
            writer.varint(UInt64(bitPattern: change.end))
        }
        return writer.bytes
    }

    init(_ bytes: RawSpan) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        let version = try reader.byte(bytes)
        guard version == Self.version || version == Self.versionBefore,
            let kind = TrialKind(rawValue: try reader.byte(bytes))
        else { throw reader.failure }
        key = TrialKey(
            kind: kind, service: ExactText(try reader.string(bytes)),
            environment: ExactText(try reader.string(bytes)), name: ExactText(try reader.string(bytes)))
        nextSerial = Int32(try reader.number(below: 1 << 31, bytes))
        changeCount = try reader.number(below: 1 << 62, bytes)
        lastChange = Int64(bitPattern: try reader.varint(bytes))
        for _ in 0..<(try reader.number(below: 256, bytes)) {
            versions.append(try TrialVersion(&reader, bytes))
        }
        if version == Self.versionBefore { return }
        for _ in 0..<(try reader.number(below: 256, bytes)) {
            told.append(
                ToldChange(
                    edition: try reader.string(bytes), end: Int64(bitPattern: try reader.varint(bytes))))
        }
    }
}

extension TrialVersion {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.varint(Int(serial))
        writer.text(name)
        writer.byte(isControl ? 1 : 0)
        writer.varint(UInt64(bitPattern: first))
        writer.varint(UInt64(bitPattern: last))
        writer.varint(count.passed)
        writer.varint(count.total)
        for sum in [cost, tokens] {
            writer.amount(sum.total)
            writer.varint(sum.count)
        }
        writer.varint(latency.buckets.count)
        for bucket in latency.buckets {
            writer.varint(Int(bucket.code))
            writer.varint(bucket.count)
        }
    }

    fileprivate init(_ reader: inout ByteReader, _ bytes: RawSpan) throws(ByteReaderError) {
        serial = Int32(try reader.number(below: 1 << 31, bytes))
        name = try reader.string(bytes)
        isControl = try reader.byte(bytes) == 1
        first = Int64(bitPattern: try reader.varint(bytes))
        last = Int64(bitPattern: try reader.varint(bytes))
        count = try PassCount(&reader, bytes)
        cost = try TrialSum(&reader, bytes)
        tokens = try TrialSum(&reader, bytes)
        var buckets: [LogHistogram.Bucket] = []
        for _ in 0..<(try reader.number(below: 1 << 12, bytes)) {
            buckets.append(
                LogHistogram.Bucket(
                    code: UInt16(try reader.number(below: 1 << 16, bytes)),
                    count: try reader.number(below: 1 << 40, bytes)))
        }
        guard let histogram = LogHistogram(buckets) else { throw reader.failure }
        latency = histogram
    }
}

extension TrialCase {
    private static let version: UInt8 = 1

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        writer.byte(Self.version)
        writer.text(name)
        writer.varint(tallies.count)
        for tally in tallies {
            writer.varint(Int(tally.serial))
            writer.varint(tally.count.passed)
            writer.varint(tally.count.total)
        }
        return writer.bytes
    }

    init(_ bytes: RawSpan) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        guard try reader.byte(bytes) == Self.version else { throw reader.failure }
        name = try reader.string(bytes)
        for _ in 0..<(try reader.number(below: 256, bytes)) {
            tallies.append(
                Tally(
                    serial: Int32(try reader.number(below: 1 << 31, bytes)),
                    count: try PassCount(&reader, bytes)))
        }
    }
}

extension TrialSum {
    fileprivate init(_ reader: inout ByteReader, _ bytes: RawSpan) throws(ByteReaderError) {
        total = try reader.amount(bytes)
        count = try reader.number(below: 1 << 62, bytes)
    }
}

extension PassCount {
    fileprivate init(_ reader: inout ByteReader, _ bytes: RawSpan) throws(ByteReaderError) {
        let passed = try reader.number(below: 1 << 62, bytes)
        let total = try reader.number(below: 1 << 62, bytes)
        guard passed <= total else { throw reader.failure }
        self.init(passed, of: total)
    }
}
