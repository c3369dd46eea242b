import MetricModel
import OTLP
import Packs

/// Turns packs into a `Program`.
struct Compiler {
    var program: Program
    private(set) var slots: [String: Int32] = [:]
    private var constants: [String: Int32] = [:]
    /// The pack's fields as it says them.
    private(set) var fields: [Expression] = []
    /// Those that are used, with the fields they use put in, so that packs share what means the same.
    private var sharedFields: [Int: Expression] = [:]
    private var fieldNumbers: [Expression: Int32] = [:]
    private var labelNumbers: [Expression: Int32] = [:]
    private var conditionNumbers: [Expression: Int32] = [:]
    private var decidedNumbers: [Expression: Int32] = [:]
    var relationNumbers: [String: Int32] = [:]

    init(program: Program) {
        self.program = program
    }

    /// Adds those meters of a pack, which fills the catalog's `tables`, that count spans of `origin`.
    mutating func add(_ pack: Pack, tables: [Int], _ origin: SpanOrigin) {
        enter(pack)
        for (meter, table) in zip(pack.meters, tables)
        where (meter.source == .spans) == (origin == .outside) {
            add(meter, table: table)
        }
    }

    /// Makes the fields of `pack` those that expressions number.
    mutating func enter(_ pack: Pack) {
        fields = pack.fields.map(\.expression)
        sharedFields = [:]
    }

    private mutating func add(_ meter: Meter, table: Int) {
        let selector = shared(meter.selector)
        let conditions: [Expression] = if case .all(let parts) = selector { parts } else { [selector] }
        var ranges: [(start: Int, count: Int)] = []
        for isDeciding in [true, false] {
            let start = program.meterConditions.count
            for condition in conditions where condition != .truth(true) && isDecided(condition) == isDeciding
            {
                program.meterConditions.append(self.condition(condition))
                if isDeciding {
                    program.decidingSlots |= slots(of: condition)
                } else {
                    addNumeric(condition)
                }
            }
            ranges.append((start, program.meterConditions.count - start))
        }
        let labelStart = program.meterLabels.count
        for label in meter.labels { program.meterLabels.append(self.label(shared(label.value))) }
        let instrumentStart = program.instruments.count
        var cellStart = 0
        for instrument in meter.instruments {
            program.instruments.append(compile(instrument, cellStart: cellStart))
            cellStart += instrument.instrument.cellCount
        }
        program.meterNames.append(meter.name)
        program.meters.append(
            CompiledMeter(
                required: required(selector), table: Int32(table), decidingStart: Int32(ranges[0].start),
                decidingCount: Int32(ranges[0].count), countingStart: Int32(ranges[1].start),
                countingCount: Int32(ranges[1].count),
                labelStart: Int32(labelStart), labelCount: Int32(meter.labels.count),
                instrumentStart: Int32(instrumentStart), instrumentCount: Int32(meter.instruments.count),
                isPlannable: meter.each == nil
                    && program.meterLabels[labelStart...].allSatisfy { program.labels[Int($0)].isDecided },
                each: meter.each.map { pattern($0) } ?? -1
            )
        )
    }

    private mutating func compile(_ instrument: MeterInstrument, cellStart: Int) -> CompiledInstrument {
        var layout = -1
        if case .histogram(let buckets) = instrument.instrument.kind {
            layout = program.layouts.firstIndex(of: buckets) ?? program.layouts.count
            if layout == program.layouts.count { program.layouts.append(buckets) }
        }
        let expression = shared(instrument.amount)
        addNumeric(expression)
        return CompiledInstrument(
            node: compile(expression), layout: Int32(layout), cellStart: Int32(cellStart),
            isSigned: instrument.instrument.kind == .daily
        )
    }

    /// The shape must tell which numbers are there for an amount or a condition on numbers.
    private mutating func addNumeric(_ expression: Expression) {
        let masks = slots(of: expression)
        program.numericSlots |= masks.values | masks.presence
    }

    mutating func condition(_ expression: Expression) -> Int32 {
        if let known = conditionNumbers[expression] { return known }
        let node = compile(expression)
        program.conditions.append(node)
        conditionNumbers[expression] = Int32(program.conditions.count - 1)
        return Int32(program.conditions.count - 1)
    }

    private mutating func label(_ expression: Expression) -> Int32 {
        let expression = meaning(expression)
        if let known = labelNumbers[expression] { return known }
        let node = compile(expression)
        let isDecided = isDecided(expression)
        // The row of a label that is not decided is looked for with every span.
        if isDecided { program.decidingSlots |= slots(of: expression) }
        program.labels.append(
            CompiledLabel(node: node, slots: outerSlots(expression) ?? .max, isDecided: isDecided))
        labelNumbers[expression] = Int32(program.labels.count - 1)
        return Int32(program.labels.count - 1)
    }

    /// What a field stands for.
    func meaning(_ expression: Expression) -> Expression {
        if case .field(let number) = expression, number < fieldExpressions.count {
            fieldExpressions[number]
        } else {
            expression
        }
    }

    /// The slots that a value depends on, where it depends on nothing else of a span and all are below 64;
    /// nil otherwise. While the span itself sets none of them, the value is the same in the whole scope.
    func outerSlots(_ value: Expression) -> UInt64? {
        switch value {
        case .text, .number, .truth: return 0
        case .attributes(let keys):
            var mask: UInt64 = 0
            for key in keys {
                guard let slot = slots[key], slot < 63 else { return nil }
                mask |= 1 &<< UInt64(slot)
            }
            return mask
        case .first(let parts), .concat(let parts): return outerSlots(ofAll: parts)
        case .isCommit(let part): return outerSlots(part)
        case .cases(let cases, let otherwise):
            return outerSlots(
                ofAll: cases.map(\.when) + cases.map(\.value) + (otherwise.map { [$0] } ?? []))
        case .field(let number) where number < fieldExpressions.count:
            return outerSlots(fieldExpressions[number])
        default: return nil
        }
    }

    private func outerSlots(ofAll values: [Expression]) -> UInt64? {
        var mask: UInt64 = 0
        for value in values {
            guard let slots = outerSlots(value) else { return nil }
            mask |= slots
        }
        return mask
    }

    /// The expression with the pack's field numbers replaced by the program's, and fields that only rename an
    /// attribute by that attribute.
    mutating func shared(_ expression: Expression) -> Expression {
        for key in expression.attributeKeys { _ = slot(key) }
        return expression.mappingFields { shared(field: $0) }
    }

    private mutating func shared(field number: Int) -> Expression {
        guard number < fields.count else { return .field(number) }
        if let known = sharedFields[number] { return known }
        let meaning = shared(fields[number])
        var result = meaning
        if case .attributes = meaning {
        } else if let known = fieldNumbers[meaning] {
            result = .field(Int(known))
        } else {
            let node = compile(meaning)
            program.fields.append(node)
            fieldNumbers[meaning] = Int32(program.fields.count - 1)
            fieldExpressions.append(meaning)
            result = .field(program.fields.count - 1)
        }
        sharedFields[number] = result
        return result
    }

    /// The meaning of each of the program's fields.
    private var fieldExpressions: [Expression] = []

    @discardableResult mutating func slot(_ key: String) -> Int32 {
        if let known = slots[key] { return known }
        let number = Int32(program.keys.count)
        program.keys.append(key)
        slots[key] = number
        return number
    }

    private mutating func constant(_ text: String) -> Int32 {
        if let known = constants[text] { return known }
        let number = Int32(program.constants.count)
        let offset = program.constantBytes.count
        program.constantBytes += Array(text.utf8)
        program.constants.append(ByteRange(offset: Int32(offset), count: Int32(text.utf8.count)))
        constants[text] = number
        return number
    }

    private mutating func append(_ node: Node) -> Int32 {
        program.nodes.append(node)
        return Int32(program.nodes.count - 1)
    }

    private mutating func operands(_ expressions: [Expression]) -> (start: Int32, count: Int32) {
        let nodes = expressions.map { compile($0) }
        program.operands += nodes
        return (Int32(program.operands.count - nodes.count), Int32(nodes.count))
    }

    private mutating func truths(_ expressions: [Expression]) -> (start: Int32, count: Int32) {
        let nodes = expressions.map { compileTruth($0) }
        program.operands += nodes
        return (Int32(program.operands.count - nodes.count), Int32(nodes.count))
    }

    mutating func pattern(_ pattern: TextPattern) -> Int32 {
        program.patterns.append(pattern)
        return Int32(program.patterns.count - 1)
    }

    mutating func compile(_ expression: Expression) -> Int32 {
        append(node(expression))
    }

    /// Compiles a condition; one that the shape decides becomes a bit of the plan.
    private mutating func compileTruth(_ expression: Expression) -> Int32 {
        switch expression {
        case .truth, .number, .text, .intrinsic: return compile(expression)
        default: break
        }
        guard isDecided(expression) else { return compile(expression) }
        if let known = decidedNumbers[expression] { return append(.decided(known)) }
        guard program.decided.count < 64 else { return compile(expression) }
        let node = compile(expression)
        let number = Int32(program.decided.count)
        program.decided.append(node)
        program.decidingSlots |= slots(of: expression)
        decidedNumbers[expression] = number
        return append(.decided(number))
    }

    private mutating func node(_ expression: Expression) -> Node {
        switch expression {
        case .attributes(let keys):
            if keys.count == 1 { return .attribute(slot: slot(keys[0])) }
            let start = program.aliasSlots.count
            for key in keys { program.aliasSlots.append(slot(key)) }
            return .aliases(start: Int32(start), count: Int32(keys.count))
        case .intrinsic(let intrinsic):
            if intrinsic == .day { program.asksForDay = true }
            return .intrinsic(intrinsic)
        case .text(let text): return .text(constant: constant(text))
        case .number(let number): return .number(number)
        case .truth(let truth): return .truth(truth)
        case .field(let number): return .field(Int32(number))
        case .arithmetic(let operation, let left, let right):
            return .arithmetic(operation, compile(left), compile(right))
        case .comparison(let comparison, let left, let right): return compare(comparison, left, right)
        case .all(let parts):
            let (start, count) = truths(parts)
            return .all(start: start, count: count)
        case .any(let parts):
            let (start, count) = truths(parts)
            return .any(start: start, count: count)
        case .not(let inner): return .not(compile(inner))
        case .matches(let subject, let pattern):
            return .matches(compile(subject), pattern: self.pattern(pattern))
        case .has(let inner): return .has(compile(inner))
        case .sum(let parts):
            let (start, count) = operands(parts)
            return .sum(start: start, count: count)
        case .first(let parts):
            let (start, count) = operands(parts)
            return .first(start: start, count: count)
        case .contains(let array, let text): return .contains(compile(array), constant: constant(text))
        case .concat(let parts):
            let (start, count) = operands(parts)
            return .concat(start: start, count: count)
        case .star(let subject, let pattern): return .star(compile(subject), pattern: self.pattern(pattern))
        case .isCommit(let inner): return .isCommit(compile(inner))
        case .event(let name, let keys):
            let start = program.eventKeys.count
            program.eventKeys += keys.map { Array($0.utf8) }
            return .event(pattern: pattern(name), start: Int32(start), count: Int32(keys.count))
        case .eventDelay(let name): return .eventDelay(pattern: pattern(name))
        case .json(let inner, let path):
            program.jsonPaths.append(path.map { Array($0.utf8) })
            let number = Int32(program.jsonPaths.count - 1)
            return .json(compile(inner), path: number)
        case .relation(let name):
            return relationNumbers[name].map { .relation($0) } ?? .truth(false)
        case .cases(let cases, let otherwise): return self.cases(cases, otherwise)
        case .map(let subject, let entries, let otherwise): return map(subject, entries, otherwise)
        }
    }

    private mutating func cases(_ cases: [Expression.Case], _ otherwise: Expression?) -> Node {
        var nodes: [Int32] = []
        for element in cases {
            nodes.append(compileTruth(element.when))
            nodes.append(compile(element.value))
        }
        let fallback = otherwise.map { compile($0) } ?? -1
        program.operands += nodes
        let start = program.operands.count - nodes.count
        return .cases(start: Int32(start), count: Int32(cases.count), otherwise: fallback)
    }

    private mutating func map(
        _ subject: Expression, _ entries: [Expression.Entry], _ otherwise: Expression?
    ) -> Node {
        let fallback = otherwise.map { compile($0) } ?? -1
        if case .intrinsic(let intrinsic) = subject, intrinsic == .kind || intrinsic == .status {
            let names = intrinsic == .kind ? Intrinsic.kinds : Intrinsic.statuses
            var nodes: [Int32] = []
            for name in names {
                let entry = entries.first { $0.pattern.matches([UInt8](name.utf8)) }
                nodes.append(entry.map { compile($0.value) } ?? fallback)
            }
            nodes.append(fallback)
            program.operands += nodes
            let start = Int32(program.operands.count - nodes.count)
            let count = Int32(names.count)
            return intrinsic == .kind
                ? .kindChoice(start: start, count: count) : .statusChoice(start: start, count: count)
        }
        let node = compile(subject)
        var pairs: [Int32] = []
        for entry in entries {
            pairs.append(pattern(entry.pattern))
            pairs.append(compile(entry.value))
        }
        program.operands += pairs
        let start = program.operands.count - pairs.count
        return .map(node, start: Int32(start), count: Int32(entries.count), otherwise: fallback)
    }

    /// The slots without which `condition` is missing or false.
    func required(_ condition: Expression) -> UInt64 {
        switch condition {
        case .has(let inner), .matches(let inner, _), .contains(let inner, _): attributes(inner)
        case .comparison(_, let left, let right): attributes(left) | attributes(right)
        case .all(let parts): parts.reduce(0) { $0 | required($1) }
        case .any(let parts):
            parts.dropFirst().reduce(parts.first.map { required($0) } ?? 0) { $0 & required($1) }
        case .field(let number) where number < fieldExpressions.count: required(fieldExpressions[number])
        default: 0
        }
    }

    /// The slots without which a value is missing.
    private func attributes(_ value: Expression) -> UInt64 {
        switch value {
        case .attributes(let keys) where keys.count == 1:
            if let slot = slots[keys[0]], slot < 64 { 1 &<< UInt64(slot) } else { 0 }
        case .arithmetic(_, let left, let right): attributes(left) | attributes(right)
        case .field(let number) where number < fieldExpressions.count: attributes(fieldExpressions[number])
        default: 0
        }
    }

    /// Whether a value is compared as a text.
    func isText(_ value: Expression) -> Bool { type(value) != .number }

    private enum StaticType { case text, number, dynamic }

    private func type(_ expression: Expression) -> StaticType {
        switch expression {
        case .map(_, let entries, let otherwise):
            let values = entries.map(\.value) + (otherwise.map { [$0] } ?? [])
            return !values.isEmpty && values.allSatisfy { type($0) == .number } ? .number : .text
        case .text, .concat, .star: return .text
        case .number, .arithmetic, .sum, .eventDelay: return .number
        case .intrinsic(let intrinsic): return intrinsic == .duration || intrinsic == .size ? .number : .text
        case .field(let number):
            return number < fieldExpressions.count ? type(fieldExpressions[number]) : .dynamic
        case .cases(let cases, let otherwise):
            let types = (cases.map(\.value) + (otherwise.map { [$0] } ?? [])).map { type($0) }
            return types.allSatisfy { $0 == types.first } ? types.first ?? .dynamic : .dynamic
        default: return .dynamic
        }
    }

    private mutating func compare(
        _ comparison: Expression.Comparison, _ left: Expression, _ right: Expression
    ) -> Node {
        if let fast = compareIntrinsic(comparison, left, right) { return fast }
        let types = [type(left), type(right)]
        if case .attributes(let keys) = left, keys.count == 1, case .number(let number) = right {
            return .compareSlot(comparison, slot: slot(keys[0]), number)
        }
        if types.contains(.number) { return .compareNumbers(comparison, compile(left), compile(right)) }
        if types.contains(.text) || comparison == .equal || comparison == .notEqual {
            return .compareTexts(comparison, compile(left), compile(right))
        }
        return .compare(comparison, compile(left), compile(right))
    }

    /// `span.status == 'ok'` compares numbers, not texts.
    private mutating func compareIntrinsic(
        _ comparison: Expression.Comparison, _ left: Expression, _ right: Expression
    ) -> Node? {
        guard comparison == .equal || comparison == .notEqual, case .intrinsic(let intrinsic) = left,
            case .text(let text) = right
        else { return nil }
        let node: Node
        switch intrinsic {
        case .kind:
            guard let code = Intrinsic.kinds.firstIndex(of: text) else { return nil }
            node = .kindIs(UInt64(code))
        case .status:
            guard let code = Intrinsic.statuses.firstIndex(of: text) else { return nil }
            node = .statusIs(UInt64(code))
        default: return nil
        }
        return comparison == .equal ? node : .not(append(node))
    }
}
