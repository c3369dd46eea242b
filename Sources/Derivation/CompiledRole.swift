import MetricModel
import Packs

/// A role of a fold as ranges in the program's arrays.
struct CompiledRole: BitwiseCopyable, Sendable {
    /// The number of the fold.
    let fold: Int32
    /// Whether other spans of the trace may alter what follows from this one.
    let joinsTrace: Bool
    let role: FoldRole
    let phase: UInt8
    /// Slots without which the selector cannot hold, as bits; of the first 64 slots only.
    let required: UInt64
    /// In `meterConditions`: those that a span's shape decides.
    let decidingStart: Int32
    let decidingCount: Int32
    /// In `meterConditions`: the others, asked for each span.
    let askedStart: Int32
    let askedCount: Int32
    /// In `roleFields`.
    let fieldStart: Int32
    let fieldCount: Int32
    /// In `failureEvents`; −1 where events say nothing.
    let failures: Int32
}

/// A field of a role.
struct CompiledRoleField: BitwiseCopyable, Sendable {
    /// How a value is kept.
    enum Form: UInt8, Sendable { case text, number, truth }

    let field: FoldField
    let node: Int32
    let form: Form
    /// Of a text that depends on no more than these slots, whose value is the same in the whole scope while the span
    /// sets none of them; `.max` for others.
    let slots: UInt64
}

/// Which events of a span say why it failed.
struct CompiledFailures: Sendable {
    let name: TextPattern
    let type: [[UInt8]]
    let message: [[UInt8]]
}

extension Compiler {
    /// Adds the roles of all folds: first all selectors, so that their keys get slots that a shape can hold.
    mutating func addRoles(of folds: [FoldDescription]) {
        program.foldNames = folds.map(\.name)
        var selectors: [Expression] = []
        for fold in folds {
            for role in fold.roles { selectors.append(shared(role.selector)) }
        }
        var number = 0
        for (index, fold) in folds.enumerated() {
            for role in fold.roles {
                add(role, selectors[number], fold: index, joinsTrace: !fold.isDecidedAtOnce)
                number += 1
            }
        }
    }

    private mutating func add(
        _ role: FoldRoleDescription, _ selector: Expression, fold: Int, joinsTrace: Bool
    ) {
        let (deciding, asked) = conditions(of: selector)
        let fieldStart = program.roleFields.count
        for reading in role.fields {
            let value = shared(reading.value)
            let node = compile(value)
            let form = Self.form(of: reading.field)
            let isKept = form == .text && reading.field != .message && reading.field != .input
            program.roleFields.append(
                CompiledRoleField(
                    field: reading.field, node: node, form: form,
                    slots: isKept ? outerSlots(value) ?? .max : .max))
        }
        var failures = -1
        if let events = role.failures {
            failures = program.failureEvents.count
            program.failureEvents.append(
                CompiledFailures(
                    name: events.name, type: events.type.map { Array($0.utf8) },
                    message: events.message.map { Array($0.utf8) }
                ))
        }
        program.roles.append(
            CompiledRole(
                fold: Int32(fold), joinsTrace: joinsTrace, role: role.role, phase: UInt8(role.phase),
                required: required(selector),
                decidingStart: Int32(deciding.lowerBound), decidingCount: Int32(deciding.count),
                askedStart: Int32(asked.lowerBound), askedCount: Int32(asked.count),
                fieldStart: Int32(fieldStart), fieldCount: Int32(role.fields.count),
                failures: Int32(failures)
            )
        )
    }

    /// The parts of a selector in `meterConditions`: those that a span's shape decides, and the others.
    mutating func conditions(of selector: Expression) -> (deciding: Range<Int>, asked: Range<Int>) {
        let parts: [Expression] = if case .all(let parts) = selector { parts } else { [selector] }
        var ranges: [Range<Int>] = []
        for isDeciding in [true, false] {
            let start = program.meterConditions.count
            for part in parts where part != .truth(true) && isDecided(part) == isDeciding {
                program.meterConditions.append(condition(part))
                if isDeciding { program.decidingSlots |= slots(of: part) }
            }
            ranges.append(start..<program.meterConditions.count)
        }
        return (ranges[0], ranges[1])
    }

    private static func form(of field: FoldField) -> CompiledRoleField.Form {
        switch field {
        case .duration, .sequence, .cost, .tokens, .latency: .number
        case .retry, .last, .history, .part, .counted: .truth
        default: .text
        }
    }
}
