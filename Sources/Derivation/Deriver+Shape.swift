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
        var shape = SpanShape()
        shape.presence = reader.span.spanPresence & program.decidingSlots
        guard shape.presence.nonzeroBitCount <= SpanShape.slotCountMax, reader.span.kind < 64,
            reader.span.statusCode < 64
        else { return nil }
        let alterationCount = batch.values.alterationCount
        let isRoot: UInt64 = reader.span.parentSpanID.count == 0 ? 1 : 0
        let codes = reader.span.kind &<< 7 | reader.span.statusCode &<< 1 | isRoot
        shape.head = UInt64(outerShape) &<< 32 | UInt64(spanNameID(body)) &<< 16 | codes
        var rest = shape.presence
        var column = 0
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            shape.values.set(column, decidingID(at: slot, body))
            column &+= 1
        }
        return isOuterShapeExact && batch.values.alterationCount == alterationCount ? shape : nil
    }

    /// The value number at a position; numbers of their own for what has no text, so that it is told apart from
    /// the empty text.
    @inline(__always) private mutating func decidingID(at position: Int, _ body: RawSpan) -> UInt32 {
        switch reader.span.attribute(at: position).kind {
        case .string, .int, .double, .bool: attributeID(at: position, body)
        case .absent, .empty: UInt32(RowKey.valueCountMax - 2)
        case .array, .keyValueList, .bytes: UInt32(RowKey.valueCountMax - 1)
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
        var rest = reader.span.outerPresence & program.decidingSlots
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            outerFacts.append(UInt32(slot))
            let position = reader.span.outerPosition(ofSlot: slot)
            // Numbered anew: a remembered number does not say whether its text was altered.
            reader.span.setMemo(0, at: position)
            outerFacts.append(decidingID(at: position, body))
        }
        isOuterShapeExact = batch.values.alterationCount == alterationCount
        if let known = outerShapes[outerFacts] {
            outerShape = known
        } else {
            outerShape = UInt32(outerShapes.count)
            outerShapes[outerFacts] = outerShape
        }
    }

    /// Counts the current span by its shape's plan; false where no meter takes it.
    ///
    /// HOT: per span (benchmark `derive`).
    mutating func follow(_ plan: Int, _ body: RawSpan) -> Bool {
        var matched = false
        hasPlan = true
        decided = plans.decided(plan)
        for index in plans.steps(of: plan) {
            let step = plans.step(index)
            if step.isConditional {
                let meter = program.meters[Int(step.meter)]
                if !holds(meter.countingStart, meter.countingCount, body) { continue }
            }
            matched = true
            if step.row < 0 {
                stage(program.meters[Int(step.meter)], Int(step.meter), body)
                continue
            }
            var present: UInt32 = 0
            for number in 0..<Int(step.instrumentCount) {
                let instrument = program.instruments[Int(step.instrumentStart) + number]
                let amount = amount(of: instrument, meter: Int(step.meter), body)
                // Not a number is what says that there is none.
                guard amount == amount else { continue }
                present |= 1 &<< UInt32(truncatingIfNeeded: number)
                batch.add(amount, at: Int(step.amountStart) + number)
                if instrument.layout >= 0 {
                    let cell = program.layouts[Int(instrument.layout)].index(of: amount)
                    batch.count(at: Int(step.cellStart) + Int(instrument.cellStart) + cell)
                }
            }
            if present != 0 { batch.hit(row: Int(step.row), present: present) }
        }
        return matched
    }

    /// Finds which meters take spans of the current span's shape, and their rows.
    ///
    /// - Returns: the plan's number.
    mutating func makePlan(_ shape: SpanShape, _ body: RawSpan) -> Int {
        var decided = TruthSet()
        for (number, node) in program.decided.enumerated() { decided[number] = truth(node, body) }
        let plan = plans.begin(shape, decided: decided)
        for number in 0..<program.meters.count {
            let meter = program.meters[number]
            guard meter.required & ~reader.span.presence == 0,
                holds(meter.decidingStart, meter.decidingCount, body)
            else { continue }
            let row = meter.isPlannable ? row(of: meter, body) : -1
            plans.append(
                PlanCache.Step(
                    meter: Int32(number), row: Int32(row), instrumentStart: meter.instrumentStart,
                    instrumentCount: meter.instrumentCount,
                    amountStart: row < 0 ? 0 : batch.rows[row].amountStart,
                    cellStart: row < 0 ? 0 : batch.rows[row].cellStart, isConditional: meter.countingCount > 0
                )
            )
        }
        return plan
    }
}
