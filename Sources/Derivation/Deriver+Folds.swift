import Bytes
import MetricModel
import OTLP
import Packs

// Not hot: only the spans of test tools come here.
extension Deriver {
    /// The role of all spans of the current span's shape; see `PlanCache.Plan`.
    mutating func plannedRole(_ body: RawSpan) -> Int16 {
        for (number, role) in program.roles.enumerated()
        where role.required & ~reader.span.presence == 0
            && holds(role.decidingStart, role.decidingCount, body)
        {
            return role.askedCount == 0 ? Int16(number) : PlanCache.askedRole
        }
        return PlanCache.noRole
    }

    /// The role of the current span; negative for none.
    mutating func role(_ body: RawSpan) -> Int {
        for (number, role) in program.roles.enumerated()
        where role.required & ~reader.span.presence == 0
            && holds(role.decidingStart, role.decidingCount, body)
            && holds(role.askedStart, role.askedCount, body)
        {
            return number
        }
        return -1
    }

    /// Tells folds of the current span.
    ///
    /// - Parameter planned: its role as its plan says.
    /// - Returns: false where no fold wants it.
    @inline(never)
    mutating func emitFold(_ planned: Int16, _ body: RawSpan) -> Bool {
        let number = planned == PlanCache.askedRole ? role(body) : Int(planned)
        guard number >= 0 else { return false }
        let role = program.roles[number]
        if batch.folds.isEmpty { fieldMemos.fill(with: 0) }
        batch.folds.begin(
            fold: Int(role.fold), role: role.role, phase: role.phase, identity: foldIdentity(body),
            joinsTrace: role.joinsTrace)
        let refused = refusal
        for index in Int(role.fieldStart)..<Int(role.fieldStart + role.fieldCount) {
            let field = program.roleFields[index]
            if field.slots != .max, field.slots & reader.span.spanPresence == 0 {
                emitOuter(field, index, body)
            } else {
                emit(field, body)
            }
        }
        refusal = refused
        let failures = role.failures < 0 ? [] : failures(program.failureEvents[Int(role.failures)], body)
        batch.folds.endFields(failureCount: failures.count)
        for failure in failures { batch.folds.failure(at: failure.time, pattern: failure.pattern) }
        return true
    }

    /// Says a text that resource and scope decide: for all their spans as for the first.
    private mutating func emitOuter(_ field: CompiledRoleField, _ index: Int, _ body: RawSpan) {
        let memo = fieldMemos[index]
        let number: Int
        if memo &>> 32 == UInt64(reader.span.outerStamp) {
            number = Int(memo & 0xFFFF_FFFF) - 1
            if number >= 0 { batch.folds.text(field.field, number: number) }
        } else {
            number = emitText(field.field, field.node, body)
            fieldMemos[index] = UInt64(reader.span.outerStamp) &<< 32 | UInt64(number + 1)
        }
    }

    private mutating func emit(_ field: CompiledRoleField, _ body: RawSpan) {
        switch field.form {
        case .number:
            let value = number(field.node, body)
            if value.isPresent, value.value.isFinite { batch.folds.number(field.field, value.value) }
        case .truth:
            let value = truth(field.node, body)
            if value != .missing { batch.folds.number(field.field, value == .yes ? 1 : 0) }
        case .text: _ = emitText(field.field, field.node, body)
        }
    }

    /// - Returns: the number of the text in the batch; −1 where nothing was said, or no such text.
    private mutating func emitText(_ field: FoldField, _ node: Int32, _ body: RawSpan) -> Int {
        let value = text(node, body)
        guard !value.isMissing, value.count > 0 else { return -1 }
        switch (field, value.space) {
        case (.message, _):
            if let pattern = pattern(of: value, body) { batch.folds.text(.message, pattern) }
            return -1
        case (.input, _):
            if let input = InputText(bytes(value, body)) { batch.folds.input(input) }
            return -1
        case (_, .body): return batch.folds.text(field, body, at: value.offset, count: value.count)
        case (_, .constant):
            let constants = program.constantBytes
            return batch.folds.text(field, constants.span.bytes, at: value.offset, count: value.count)
        case (_, .scratch):
            // A second reference, not a copy.
            let scratch = scratch
            return batch.folds.text(field, scratch.span.bytes, at: value.offset, count: value.count)
        }
    }

    private mutating func pattern(of message: TextReference, _ body: RawSpan) -> [UInt8]? {
        if message.space == .body {
            return patterns.pattern(of: body, at: message.offset, count: message.count)
        }
        let message = bytes(message, body)
        return patterns.pattern(of: message.span.bytes, at: 0, count: message.count)
    }

    private mutating func foldIdentity(_ body: RawSpan) -> FoldIdentity {
        FoldIdentity(
            trace: Self.word(reader.span.traceID, 0, body), traceLow: Self.word(reader.span.traceID, 8, body),
            span: Self.word(reader.span.spanID, 0, body),
            parent: Self.word(reader.span.parentSpanID, 0, body),
            start: reader.span.startNanoseconds, end: reader.span.endNanoseconds,
            status: UInt8(truncatingIfNeeded: min(reader.span.statusCode, 255))
        )
    }

    /// Eight bytes of an id as a number; 0 where it is shorter.
    static func word(_ range: ByteRange, _ offset: Int, _ body: RawSpan) -> UInt64 {
        guard Int(range.count) >= offset + 8 else { return 0 }
        return UInt64(
            bigEndian: body.unsafeLoadUnaligned(fromByteOffset: Int(range.offset) + offset, as: UInt64.self))
    }

    /// The events of the current span that say why it failed; what cannot be read ends them.
    private mutating func failures(
        _ wanted: CompiledFailures, _ body: RawSpan
    ) -> [(time: UInt64, pattern: String)] {
        var cursor = EventCursor(reader.span.range)
        var result: [(time: UInt64, pattern: String)] = []
        do throws(WireError) {
            while result.count < StagedFolds.failureCountMax, let event = try cursor.next(body) {
                guard
                    wanted.name.matches(body, at: Int(event.name.offset), count: Int(event.name.count))
                else { continue }
                let type = try Self.text(wanted.type, of: event, body)
                let message = try Self.text(wanted.message, of: event, body)
                // A failure without a word is one all the same.
                let pattern = FailurePattern.text(type: type, message: message) ?? ""
                result.append((event.nanoseconds, pattern))
            }
        } catch {
            return result
        }
        return result
    }

    private static func text(
        _ keys: [[UInt8]], of event: SpanEvent, _ body: RawSpan
    ) throws(WireError) -> [UInt8] {
        for key in keys {
            let value = try event.attribute(key, body)
            if value.kind == .string, value.range.count > 0 {
                let start = Int(value.range.offset)
                return (start..<start + Int(value.range.count)).map {
                    body.unsafeLoad(fromByteOffset: $0, as: UInt8.self)
                }
            }
        }
        return []
    }
}
