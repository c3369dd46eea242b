import Bytes
import MetricModel
import OTLP

extension Deriver {
    /// Counts the current span by its shape's plan; false, and nothing counted, where a double is not finite.
    ///
    /// HOT: per span (benchmark `derive`).
    mutating func follow(_ number: Int, _ body: RawSpan) -> Bool {
        let plan = plans[number]
        let recipe = recipes[Int(plan.recipe)]
        hasPlan = true
        decided = plan.decided
        guard calculate(recipe) else { return false }
        var matched = false
        var target = Int(plan.targetStart)
        var index = Int(recipe.stepStart)
        let end = index &+ Int(recipe.stepCount)
        while index < end {
            // SAFETY: a recipe's steps, its plan's targets and its registers are all there.
            let step = recipes.steps[unchecked: index]
            let place = plans.target(unchecked: target)
            index &+= 1
            target &+= 1
            if step.condition >= 0 {
                if recipes.registers[unchecked: Int(step.condition)] == 0 { continue }
            } else if step.condition == RecipeStep.asked {
                let meter = program.meters[Int(step.meter)]
                if !holds(meter.countingStart, meter.countingCount, body) { continue }
            }
            matched = true
            if place.row < 0 {
                stage(program.meters[Int(step.meter)], Int(step.meter), body)
            } else {
                stage(step, place, body)
            }
        }
        if !matched { counts.unmatched += 1 }
        return true
    }

    /// Counts the current span by one step.
    @inline(__always)
    private mutating func stage(_ step: RecipeStep, _ place: PlanCache.Target, _ body: RawSpan) {
        var present: UInt32 = 0
        var index = Int(step.amountStart)
        let end = index &+ Int(step.amountCount)
        while index < end {
            // SAFETY: a recipe's amounts and registers are all there.
            let source = recipes.amounts[unchecked: index]
            index &+= 1
            var amount =
                source.register < 0 ? .nan : recipes.registers[unchecked: Int(source.register)]
            // Negative, infinite and what is no number: the evaluation says what is refused, and why.
            if amount.bitPattern >= 0x7FF0_0000_0000_0000 {
                amount = evaluated(source, meter: Int(step.meter), body)
                // Not a number is what says that there is none.
                guard amount == amount else { continue }
            }
            present |= 1 &<< UInt32(truncatingIfNeeded: source.number)
            batch.add(amount, at: Int(place.amountStart &+ source.number))
            if source.layout >= 0 {
                let cell = program.layouts[Int(source.layout)].index(of: amount)
                batch.count(at: Int(place.cellStart &+ source.cellStart) &+ cell)
            }
        }
        if present != 0 { batch.hit(row: Int(place.row), present: present) }
    }

    @inline(never)
    private mutating func evaluated(_ source: RecipeAmount, meter: Int, _ body: RawSpan) -> Double {
        amount(of: program.instruments[Int(source.instrument)], meter: meter, body)
    }

    /// Fills the registers of a recipe; false where a double is not finite.
    ///
    /// HOT: per span (benchmark `derive`).
    @inline(__always) private mutating func calculate(_ recipe: Recipe) -> Bool {
        let start = Int(recipe.operationStart)
        for number in 0..<Int(recipe.operationCount) {
            // SAFETY: the writer numbers operations, registers and slots that are there.
            let operation = recipes.operations[unchecked: start &+ number]
            let a = Int(operation.a)
            let result: Double
            switch operation.kind {
            case .int: result = Double(Int64(bitPattern: reader.span.attribute(at: a).bits))
            case .double:
                let bits = reader.span.attribute(at: a).bits
                // What is infinite or no number has the largest exponent.
                if bits & 0x7FF0_0000_0000_0000 == 0x7FF0_0000_0000_0000 { return false }
                result = Double(bitPattern: bits)
            case .duration: result = reader.span.durationSeconds ?? 0
            case .size: result = Double(reader.span.byteCount)
            case .add: result = register(a) + register(operation.b)
            case .subtract: result = register(a) - register(operation.b)
            case .multiply: result = register(a) * register(operation.b)
            case .divide: result = register(a) / register(operation.b)
            case .equal: result = register(a) == register(operation.b) ? 1 : 0
            case .notEqual: result = register(a) != register(operation.b) ? 1 : 0
            case .less: result = register(a) < register(operation.b) ? 1 : 0
            case .lessOrEqual: result = register(a) <= register(operation.b) ? 1 : 0
            case .and: result = register(a) * register(operation.b)
            case .or: result = max(register(a), register(operation.b))
            case .not: result = 1 - register(a)
            case .select: result = register(a) != 0 ? register(operation.b) : register(operation.c)
            }
            recipes.registers[unchecked: number] = result
        }
        return true
    }

    @inline(__always) private mutating func register(_ number: some BinaryInteger) -> Double {
        // SAFETY: see `calculate`.
        recipes.registers[unchecked: Int(truncatingIfNeeded: number)]
    }
}
