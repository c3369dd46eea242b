import Bytes
import MetricModel
import OTLP
import Packs

extension Deriver {
    /// The shape of the current span; nil where it has more values than a shape holds, or a text that is cut
    /// or repaired as a value: two such texts may be one value, and yet another condition holds.
    ///
    /// HOT: per span (benchmark `derive`).
    @inline(__always) mutating func shape(_ body: RawSpan) -> SpanShape? {
        if outerShapeStamp != reader.span.outerStamp { findOuterShape(body) }
        guard reader.span.kind < 64, reader.span.statusCode < 64 else { return nil }
        var shape = SpanShape()
        shape.presence = reader.span.spanPresence & (shapedSlots | program.numericSlots)
        shape.ints = reader.span.spanInts & program.numericSlots
        shape.doubles = reader.span.spanDoubles & program.numericSlots
        let alterationCount = batch.values.alterationCount
        let isRoot: UInt64 = reader.span.parentSpanID.count == 0 ? 1 : 0
        let hasEnd: UInt64 = reader.span.endNanoseconds == 0 ? 0 : 1
        let codes = hasEnd &<< 13 | reader.span.kind &<< 7 | reader.span.statusCode &<< 1 | isRoot
        shape.head = UInt64(outerShape) &<< 32 | UInt64(spanNameID(body)) &<< 16 | codes
        if program.asksForDay, hasEnd != 0 {
            findDay()
            // Resources and scopes leave sixteen bits: until the year 2149.
            guard let day = UInt16(exactly: lastDay.number), outerShape < 1 << 16 else { return nil }
            shape.head |= UInt64(day) &<< 48
        }
        var rest = shape.presence & shapedSlots
        var column = 0
        var last = ByteRange.empty
        var lastID: UInt32 = 0
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            if column == SpanShape.slotCountMax { return nil }
            let value = reader.span.attribute(at: slot)
            let id: UInt32
            if value.kind != .string || program.decidingSlots.values & 1 &<< UInt64(slot) == 0 {
                id = decidingID(ofSlot: slot, at: slot, body)
            } else if value.range.count > 16, value.range.isLongEqual(to: last, body) {
                // What is expected and what came of it are often the same text.
                id = lastID
            } else {
                last = value.range
                lastID = batch.values.intern(body, at: Int(last.offset), count: Int(last.count))
                id = lastID
            }
            shape.values.set(column, id)
            column &+= 1
        }
        return isOuterShapeExact && batch.values.alterationCount == alterationCount ? shape : nil
    }

    /// The slots whose values are part of the shape.
    @inline(__always) private var shapedSlots: UInt64 {
        mutating get { program.decidingSlots.values | program.decidingSlots.presence }
    }

    /// The value number of a slot at a position; numbers of their own for what has no text, so that it is told
    /// apart from the empty text, and for what is there where no more counts.
    @inline(never)
    private mutating func decidingID(ofSlot slot: Int, at position: Int, _ body: RawSpan) -> UInt32 {
        let attribute = reader.span.attribute(at: position)
        let isValued = program.decidingSlots.values & 1 &<< UInt64(truncatingIfNeeded: slot) != 0
        switch attribute.kind {
        case .absent, .empty: return UInt32(RowKey.valueCountMax - 2)
        case .array, .keyValueList, .bytes: return UInt32(RowKey.valueCountMax - 1)
        case .string, .int, .double, .bool:
            if isValued { return attributeID(at: position, body) }
            return attribute.kind == .string && attribute.range.count == 0
                ? 0 : UInt32(RowKey.valueCountMax - 3)
        }
    }

    /// Numbers what resource and scope say, once for all spans of a scope.
    private mutating func findOuterShape(_ body: RawSpan) {
        outerShapeStamp = reader.span.outerStamp
        let alterationCount = batch.values.alterationCount
        outerFacts.removeAll(keepingCapacity: true)
        for range in [reader.span.scopeName, reader.span.scopeVersion] {
            outerFacts.append(batch.values.intern(body, at: Int(range.offset), count: Int(range.count)))
        }
        let numeric = reader.span.outerPresence & program.numericSlots
        outerFacts.append(UInt32(truncatingIfNeeded: numeric))
        outerFacts.append(UInt32(truncatingIfNeeded: numeric &>> 32))
        var rest = reader.span.outerPresence & shapedSlots
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            outerFacts.append(UInt32(slot))
            let position = reader.span.outerPosition(ofSlot: slot)
            // Numbered anew: a remembered number does not say whether its text was altered.
            reader.span.setMemo(0, at: position)
            outerFacts.append(decidingID(ofSlot: slot, at: position, body))
        }
        isOuterShapeExact = batch.values.alterationCount == alterationCount
        if let known = outerShapes[outerFacts] {
            outerShape = known
        } else {
            outerShape = UInt32(outerShapes.count)
            outerShapes[outerFacts] = outerShape
        }
    }

    /// Finds how spans of the current span's shape are measured, and their rows.
    ///
    /// - Returns: the plan's number.
    mutating func makePlan(_ shape: SpanShape, _ body: RawSpan) -> Int {
        var decided = TruthSet()
        for (number, node) in program.decided.enumerated() { decided[number] = truth(node, body) }
        let recipe = recipe(decided, body)
        let plan = plans.begin(
            shape, decided: decided, recipe: recipe, role: plannedRole(body),
            relations: plannedRelations(body))
        let start = Int(recipes[recipe].stepStart)
        for index in start..<start + Int(recipes[recipe].stepCount) {
            let meter = program.meters[Int(recipes.steps[index].meter)]
            let row = meter.isPlannable ? row(of: meter, body) : -1
            plans.append(
                PlanCache.Target(
                    row: Int32(row), amountStart: row < 0 ? 0 : batch.rows[row].amountStart,
                    cellStart: row < 0 ? 0 : batch.rows[row].cellStart
                )
            )
        }
        return plan
    }

    /// The recipe for the current span.
    private mutating func recipe(_ decided: TruthSet, _ body: RawSpan) -> Int {
        var meters: [Int32] = []
        for number in 0..<program.meters.count {
            let meter = program.meters[number]
            if meter.required & ~reader.span.presence == 0,
                holds(meter.decidingStart, meter.decidingCount, body)
            {
                meters.append(Int32(number))
            }
        }
        let facts = RecipeFacts(
            presence: reader.span.spanPresence & program.numericSlots,
            ints: reader.span.spanInts & program.numericSlots,
            doubles: reader.span.spanDoubles & program.numericSlots,
            outerPresence: reader.span.outerPresence & program.numericSlots, kind: reader.span.kind,
            statusCode: reader.span.statusCode, hasDuration: reader.span.endNanoseconds != 0,
            decided: decided, meters: meters
        )
        if let known = recipes.find(facts) { return known }
        var writer = RecipeWriter(facts, program: program, constants: recipes.constants)
        writer.write()
        return recipes.add(writer, for: facts)
    }
}

extension ByteRange {
    /// Whether more than 16 bytes here are the same as those of `other`, both in `body`.
    @inline(__always) fileprivate func isLongEqual(to other: ByteRange, _ body: RawSpan) -> Bool {
        // SAFETY: the reader gives ranges that lie in the body.
        count == other.count
            && body.isLongEqual(unchecked: Int(offset), to: body, at: Int(other.offset), count: Int(count))
    }
}
