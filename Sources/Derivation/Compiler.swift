import MetricModel
import OTLP
import Packs

/// Turns packs into a `Program`.
struct Compiler {
    private(set) var program: Program
    private var slots: [String: Int32] = [:]
    private var constants: [String: Int32] = [:]
    private var fields: [Field] = []
    private var fieldBase = 0

    init(program: Program) {
        self.program = program
    }

    /// Adds a pack whose meters fill the catalog's `tables`.
    mutating func add(_ pack: Pack, tables: [Int]) {
        fieldBase = program.fields.count
        fields = pack.fields
        for field in pack.fields { program.fields.append(compile(field.expression)) }
        for (meter, table) in zip(pack.meters, tables) { add(meter, table: table) }
    }

    private mutating func add(_ meter: Meter, table: Int) {
        let selector = compile(meter.selector)
        let labelStart = program.labels.count
        for label in meter.labels {
            let node = compile(label.value)
            program.labels.append(node)
        }
        let instrumentStart = program.instruments.count
        var cellStart = 0
        for instrument in meter.instruments {
            let node = compile(instrument.amount)
            var layout = -1
            if case .histogram(let buckets) = instrument.instrument.kind {
                layout = program.layouts.firstIndex(of: buckets) ?? program.layouts.count
                if layout == program.layouts.count { program.layouts.append(buckets) }
            }
            program.instruments.append(
                CompiledInstrument(
                    amount: node, isOne: instrument.amount == .number(1) && layout < 0, layout: layout,
                    cellStart: cellStart
                )
            )
            cellStart += instrument.instrument.cellCount
        }
        program.meterNames.append(meter.name)
        program.keyWidthMax = max(program.keyWidthMax, meter.labels.count)
        program.meters.append(
            CompiledMeter(
                required: required(meter.selector), selector: selector, table: table, labelStart: labelStart,
                labelCount: meter.labels.count,
                instrumentStart: instrumentStart, instrumentCount: meter.instruments.count
            )
        )
    }

    private mutating func slot(_ key: String) -> Int32 {
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

    private mutating func pattern(_ pattern: TextPattern) -> Int32 {
        program.patterns.append(pattern)
        return Int32(program.patterns.count - 1)
    }

    private mutating func compile(_ expression: Expression) -> Int32 {
        append(node(expression))
    }

    private mutating func node(_ expression: Expression) -> Node {
        switch expression {
        case .attributes(let keys):
            if keys.count == 1 { return .attribute(slot: slot(keys[0])) }
            let start = program.aliasSlots.count
            for key in keys { program.aliasSlots.append(slot(key)) }
            return .aliases(start: Int32(start), count: Int32(keys.count))
        case .intrinsic(let intrinsic): return .intrinsic(intrinsic)
        case .text(let text): return .text(constant: constant(text))
        case .number(let number): return .number(number)
        case .truth(let truth): return .truth(truth)
        case .field(let number): return field(number)
        case .arithmetic(let operation, let left, let right):
            return .arithmetic(operation, compile(left), compile(right))
        case .comparison(let comparison, let left, let right): return compare(comparison, left, right)
        case .all(let parts):
            let (start, count) = operands(parts)
            return .all(start: start, count: count)
        case .any(let parts):
            let (start, count) = operands(parts)
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
        case .cases(let cases, let otherwise): return self.cases(cases, otherwise)
        case .map(let subject, let entries, let otherwise): return map(subject, entries, otherwise)
        }
    }

    /// A field that only renames an attribute is read as that attribute.
    private mutating func field(_ number: Int) -> Node {
        if number < fields.count, case .attributes = fields[number].expression {
            return node(fields[number].expression)
        }
        return .field(Int32(fieldBase + number))
    }

    private mutating func cases(_ cases: [Expression.Case], _ otherwise: Expression?) -> Node {
        var nodes: [Int32] = []
        for element in cases {
            nodes.append(compile(element.when))
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
    private func required(_ condition: Expression) -> UInt64 {
        switch condition {
        case .has(let inner), .matches(let inner, _), .contains(let inner, _): attributes(inner)
        case .comparison(_, let left, let right): attributes(left) | attributes(right)
        case .all(let parts): parts.reduce(0) { $0 | required($1) }
        case .any(let parts):
            parts.dropFirst().reduce(parts.first.map { required($0) } ?? 0) { $0 & required($1) }
        case .field(let number) where number < fields.count: required(fields[number].expression)
        default: 0
        }
    }

    /// The slots without which a value is missing.
    private func attributes(_ value: Expression) -> UInt64 {
        switch value {
        case .attributes(let keys) where keys.count == 1:
            if let slot = slots[keys[0]], slot < 64 { 1 &<< UInt64(slot) } else { 0 }
        case .arithmetic(_, let left, let right): attributes(left) | attributes(right)
        case .field(let number) where number < fields.count: attributes(fields[number].expression)
        default: 0
        }
    }

    private enum StaticType { case text, number, dynamic }

    private func type(_ expression: Expression) -> StaticType {
        switch expression {
        case .text, .map: return .text
        case .number, .arithmetic, .sum: return .number
        case .intrinsic(let intrinsic): return intrinsic == .duration || intrinsic == .size ? .number : .text
        case .field(let number): return number < fields.count ? type(fields[number].expression) : .dynamic
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
        if types.contains(.number) { return .compareNumbers(comparison, compile(left), compile(right)) }
        if types.contains(.text) { return .compareTexts(comparison, compile(left), compile(right)) }
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
