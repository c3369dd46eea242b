import Bytes
import MetricModel
import Packs

// The bytes of images. What is left out of them follows from the rest.
extension Folds {
    // MARK: Runs

    func image(of node: RunNode) -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        writer.byte(Self.imageVersion)
        writer.text(descriptions[node.fold].name)
        writer.bytes(node.key.bytes)
        writer.byte(node.kind.rawValue)
        writer.key(node.span)
        writer.byte(node.container == nil ? 0 : 1)
        if let container = node.container {
            writer.fixed64(container.parent)
            writer.byte(container.isPart ? 1 : 0)
            writer.byte(container.status)
            writer.optional(container.name)
            writer.optional(container.worker)
            writer.optional(container.outcome)
            writer.varint(UInt64(bitPattern: container.arrival))
        }
        writer.text(node.service)
        writer.text(node.environment)
        writer.optional(node.revision)
        writer.optional(node.branch)
        writer.byte(node.sequence == nil ? 0 : 1)
        if let sequence = node.sequence { writer.varint(UInt64(bitPattern: sequence)) }
        writer.fixed64(node.start)
        writer.fixed64(node.end)
        writer.varint(UInt64(bitPattern: node.lastArrival))
        for key in [node.parent, node.takenBy, node.announcedRoot] { writer.bytes(key?.bytes ?? []) }
        writer.varint(node.caseCount)
        writer.varint(node.badCount)
        writer.amount(node.busySeconds)
        writer.byte((node.isAnnounced ? 1 : 0) | (node.hasCases ? 2 : 0))
        writer.byte(node.ended.map { $0.rawValue + 1 } ?? 0)
        writer.varint(UInt64(bitPattern: node.endedAt))
        return writer.bytes
    }

    func node(_ fold: Int, _ reader: inout ByteReader, _ source: RawSpan) throws(ByteReaderError) -> RunNode {
        let key = RunKey(bytes: try reader.bytes(source))
        guard let kind = RunNode.Kind(rawValue: try reader.byte(source)) else { throw reader.failure }
        var node = RunNode(key: key, fold: fold, kind: kind, span: try reader.key(source))
        if try reader.byte(source) == 1 {
            node.container = RunNode.Container(
                parent: try reader.fixed64(source), isPart: try reader.byte(source) == 1,
                status: try reader.byte(source), name: try reader.optional(source),
                worker: try reader.optional(source), outcome: try reader.optional(source),
                arrival: Int64(bitPattern: try reader.varint(source)))
        }
        node.service = try reader.string(source)
        node.environment = try reader.string(source)
        node.revision = try reader.optional(source)
        node.branch = try reader.optional(source)
        if try reader.byte(source) == 1 { node.sequence = Int64(bitPattern: try reader.varint(source)) }
        node.start = try reader.fixed64(source)
        node.end = try reader.fixed64(source)
        node.lastArrival = Int64(bitPattern: try reader.varint(source))
        node.parent = try reader.runKey(source)
        node.takenBy = try reader.runKey(source)
        node.announcedRoot = try reader.runKey(source)
        node.caseCount = try reader.number(below: .max, source)
        node.badCount = try reader.number(below: .max, source)
        node.busySeconds = try reader.amount(source)
        let flags = try reader.byte(source)
        node.isAnnounced = flags & 1 != 0
        node.hasCases = flags & 2 != 0
        let ended = try reader.byte(source)
        node.ended = ended == 0 ? nil : RunOutcome(rawValue: ended - 1)
        node.endedAt = Int64(bitPattern: try reader.varint(source))
        return node
    }

    // MARK: Cases

    /// Which parts of a case are there.
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let own = Flags(rawValue: 1)
        static let forced = Flags(rawValue: 2)
        static let closed = Flags(rawValue: 4)
        static let altered = Flags(rawValue: 8)
        static let given = Flags(rawValue: 16)
    }

    func image(of item: FoldCase) -> [UInt8] {
        var writer = ByteWriter(capacity: 512)
        writer.byte(Self.imageVersion)
        writer.text(descriptions[item.fold].name)
        writer.key(item.key)
        writer.bytes(item.node < 0 ? [] : nodes[item.node].key.bytes)
        var flags: Flags = []
        if item.own != nil { flags.insert(.own) }
        if item.isForced { flags.insert(.forced) }
        if item.isClosed { flags.insert(.closed) }
        if item.isAltered { flags.insert(.altered) }
        if item.given != nil { flags.insert(.given) }
        writer.byte(flags.rawValue)
        if let own = item.own {
            writer.fixed64(own.parent)
            writer.fixed64(own.start)
            writer.fixed64(own.end)
            writer.byte(own.status)
        }
        writer.varint(item.texts.count)
        item.texts.forEach { field, text in
            writer.byte(field.rawValue)
            writer.text(text)
        }
        writer.varint(item.numbers.count)
        item.numbers.forEach { field, number in
            writer.byte(field.rawValue)
            writer.amount(number)
        }
        writer.varint(item.phases.count)
        for phase in item.phases {
            writer.byte(phase.number)
            writer.byte(phase.status)
            writer.fixed64(phase.start)
            writer.fixed64(phase.end)
            writer.optional(phase.failure)
        }
        writer.varint(item.failures.count)
        for failure in item.failures {
            writer.fixed64(failure.time)
            writer.text(failure.pattern)
        }
        writer.varint(UInt64(bitPattern: item.ownArrival))
        writer.varint(UInt64(bitPattern: item.lastArrival))
        if let given = item.given { write(given, &writer) }
        return writer.bytes
    }

    private func write(_ given: FoldCase.Given, _ writer: inout ByteWriter) {
        writer.bytes(given.run.bytes)
        writer.text(given.test)
        writer.varint(given.occurrence)
        writer.varint(given.attempts.count)
        for attempt in given.attempts {
            writer.byte(attempt.outcome.rawValue)
            writer.amount(attempt.seconds)
            writer.optional(attempt.pattern)
        }
    }

    /// - Parameter version: that of the image; phases of the first have no failures.
    /// - Returns: the case, and the key of its run's node.
    func item(
        _ fold: Int, _ version: UInt8, _ reader: inout ByteReader, _ source: RawSpan
    ) throws(ByteReaderError) -> (FoldCase, RunKey?) {
        let key = try reader.key(source)
        var item = FoldCase(key: key, fold: fold)
        let run = try reader.runKey(source)
        let flags = Flags(rawValue: try reader.byte(source))
        if flags.contains(.own) {
            item.own = FoldIdentity(
                trace: key.trace, traceLow: key.traceLow, span: key.span, parent: try reader.fixed64(source),
                start: try reader.fixed64(source), end: try reader.fixed64(source),
                status: try reader.byte(source))
        }
        item.isForced = flags.contains(.forced)
        item.isClosed = flags.contains(.closed)
        item.isAltered = flags.contains(.altered)
        for _ in 0..<(try reader.number(below: 256, source)) {
            guard let field = FoldField(rawValue: try reader.byte(source)) else { throw reader.failure }
            item.texts[field] = try reader.string(source)
        }
        for _ in 0..<(try reader.number(below: 256, source)) {
            guard let field = FoldField(rawValue: try reader.byte(source)) else { throw reader.failure }
            item.numbers[field] = try reader.amount(source)
        }
        for _ in 0..<(try reader.number(below: FoldLimits.phaseCountMax + 1, source)) {
            let phase = FoldCase.Phase(
                number: try reader.byte(source), status: try reader.byte(source),
                start: try reader.fixed64(source), end: try reader.fixed64(source),
                failure: version == 1 ? nil : try reader.optional(source))
            // A pack may have lost a phase since.
            if Int(phase.number) < descriptions[fold].phases.count { item.phases.append(phase) }
        }
        for _ in 0..<(try reader.number(below: FoldLimits.phaseCountMax + 1, source)) {
            item.failures.append(
                FoldSpan.Failure(time: try reader.fixed64(source), pattern: try reader.string(source)))
        }
        item.ownArrival = Int64(bitPattern: try reader.varint(source))
        item.lastArrival = Int64(bitPattern: try reader.varint(source))
        if flags.contains(.given) { item.given = try given(&reader, source) }
        return (item, run)
    }

    private func given(
        _ reader: inout ByteReader, _ source: RawSpan
    ) throws(ByteReaderError) -> FoldCase.Given {
        var given = FoldCase.Given(
            run: RunKey(bytes: try reader.bytes(source)), test: try reader.string(source),
            occurrence: try reader.number(below: .max, source), attempts: [])
        for _ in 0..<(try reader.number(below: source.byteCount, source)) {
            guard let outcome = Outcome(rawValue: try reader.byte(source)) else { throw reader.failure }
            given.attempts.append(
                CaseAttempt(
                    outcome: outcome, seconds: try reader.amount(source), pattern: try reader.optional(source)
                ))
        }
        return given
    }
}

extension ByteWriter {
    mutating func bytes(_ value: [UInt8]) { text(value.span.bytes, at: 0, count: value.count) }

    /// A text that may be missing.
    mutating func optional(_ value: String?) {
        byte(value == nil ? 0 : 1)
        if let value { text(value) }
    }

    mutating func key(_ value: SpanKey) {
        fixed64(value.trace)
        fixed64(value.traceLow)
        fixed64(value.span)
    }
}

extension ByteReader {
    mutating func string(_ source: RawSpan) throws(ByteReaderError) -> String {
        String(decoding: try bytes(source), as: UTF8.self)
    }

    mutating func bytes(_ source: RawSpan) throws(ByteReaderError) -> [UInt8] {
        let range = try text(source)
        return source.extracting(range).withUnsafeBytes { [UInt8]($0) }
    }

    mutating func optional(_ source: RawSpan) throws(ByteReaderError) -> String? {
        try byte(source) == 1 ? try string(source) : nil
    }

    mutating func key(_ source: RawSpan) throws(ByteReaderError) -> SpanKey {
        SpanKey(
            trace: try fixed64(source), traceLow: try fixed64(source), span: try fixed64(source))
    }

    mutating func runKey(_ source: RawSpan) throws(ByteReaderError) -> RunKey? {
        let bytes = try bytes(source)
        return bytes.isEmpty ? nil : RunKey(bytes: bytes)
    }
}
