import Bytes

/// Reads what `StagedFolds` wrote, span by span.
package struct FoldSection {
    /// The names of the folds whose spans it may hold.
    package let folds: [String]
    private var reader: ByteReader
    /// The number in `folds` of the last span's.
    package private(set) var foldNumber = 0
    private var texts: [String] = []
    private var left: Int
    /// How many texts and numbers the last span had: the next one mostly has as many.
    private var fieldCounts = (texts: 0, numbers: 0)

    /// - Throws: `SectionError` for bytes that are no section.
    package init(_ bytes: RawSpan) throws(SectionError) {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            guard try reader.byte(bytes) == StagedFolds.version else { throw reader.failure }
            var names: [String] = []
            for _ in 0..<(try reader.number(below: bytes.byteCount, bytes)) {
                names.append(Self.text(try reader.text(bytes), bytes))
            }
            let textCount = try reader.number(below: bytes.byteCount, bytes)
            left = try reader.number(below: bytes.byteCount, bytes)
            for _ in 0..<textCount { texts.append(Self.text(try reader.text(bytes), bytes)) }
            folds = names
        } catch {
            throw SectionError("a section of folds", error)
        }
        self.reader = reader
    }

    /// The next span; nil behind the last.
    ///
    /// - Throws: `SectionError` for bytes that are no section.
    package mutating func next(_ bytes: RawSpan) throws(SectionError) -> FoldSpan? {
        guard left > 0 else { return nil }
        left -= 1
        do throws(ByteReaderError) {
            return try span(bytes)
        } catch {
            throw SectionError("a section of folds", error)
        }
    }

    private mutating func span(_ bytes: RawSpan) throws(ByteReaderError) -> FoldSpan {
        foldNumber = try reader.number(below: folds.count, bytes)
        guard let role = FoldRole(rawValue: try reader.byte(bytes)) else { throw reader.failure }
        let phase = try reader.byte(bytes)
        let identity = FoldIdentity(
            trace: try reader.fixed64(bytes), traceLow: try reader.fixed64(bytes),
            span: try reader.fixed64(bytes), parent: try reader.fixed64(bytes),
            start: try reader.fixed64(bytes), end: try reader.fixed64(bytes), status: try reader.byte(bytes)
        )
        var result = FoldSpan(fold: folds[foldNumber], role: role, phase: phase, identity: identity)
        result.texts.reserveCapacity(fieldCounts.texts)
        result.numbers.reserveCapacity(fieldCounts.numbers)
        defer { fieldCounts = (result.texts.count, result.numbers.count) }
        while true {
            let code = try reader.byte(bytes)
            if code == StagedFolds.endOfFields { break }
            guard let field = FoldField(rawValue: code) else { throw reader.failure }
            switch try reader.byte(bytes) {
            case StagedFolds.Form.text: result.texts.set(field, try text(bytes))
            case StagedFolds.Form.number: result.numbers.set(field, try reader.amount(bytes))
            default: throw reader.failure
            }
        }
        for _ in 0..<(try reader.number(below: StagedFolds.failureCountMax + 1, bytes)) {
            let time = try reader.fixed64(bytes)
            result.failures.append(FoldSpan.Failure(time: time, pattern: try text(bytes)))
        }
        return result
    }

    private mutating func text(_ bytes: RawSpan) throws(ByteReaderError) -> String {
        texts[try reader.number(below: texts.count, bytes)]
    }

    private static func text(_ range: Range<Int>, _ bytes: RawSpan) -> String {
        bytes.extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
