package import MetricModel
import OTLP
package import Packs

/// Packs compiled for evaluation: flat arrays of nodes, no names, no references between objects.
package struct Program: Sendable {
    /// The attribute keys to read, in slot order.
    package internal(set) var keys: [String] = []
    package internal(set) var catalog: MetricCatalog
    /// `pack/meter` of each meter.
    package internal(set) var meterNames: [String] = []

    var nodes: [Node] = []
    /// Operands of nodes that have many: node numbers.
    var operands: [Int32] = []
    var aliasSlots: [Int32] = []
    var patterns: [TextPattern] = []
    /// All constant texts one after another.
    var constantBytes: [UInt8] = []
    var constants: [ByteRange] = []
    var fields: [Int32] = []
    var meters: [CompiledMeter] = []
    /// The distinct label expressions of all meters.
    var labels: [CompiledLabel] = []
    /// For each meter in turn its labels, as numbers into `labels`.
    var meterLabels: [Int32] = []
    /// The distinct conditions of all selectors, of which a meter needs all: node numbers.
    var conditions: [Int32] = []
    /// For each meter in turn its conditions, as numbers into `conditions`.
    var meterConditions: [Int32] = []
    var instruments: [CompiledInstrument] = []
    var layouts: [BucketLayout] = []
    /// The conditions inside of amounts that a span's shape decides: node numbers; at most 64.
    var decided: [Int32] = []
    /// The slots that decide which meters take a span and under which labels.
    var decidingSlots = SlotMasks()
    /// The slots that amounts and conditions on numbers read, as bits.
    var numericSlots: UInt64 = 0

    /// Whether something depends on the day on which a span ended.
    var asksForDay = false

    /// The folds' names in the order of their numbers.
    package internal(set) var foldNames: [String] = []
    /// The folds' roles in the order in which they are asked.
    var roles: [CompiledRole] = []
    /// For each role in turn its fields.
    var roleFields: [CompiledRoleField] = []
    /// What roles read of events; `CompiledRole.failures` counts them.
    var failureEvents: [CompiledFailures] = []
    /// The relations' roles in the order of their numbers; see `CompiledRelation`.
    var relations: [CompiledRelation] = []
    /// For each relation in turn the texts that must be equal: node numbers.
    var relationTexts: [Int32] = []
    /// The attribute keys that are looked for in events.
    var eventKeys: [[UInt8]] = []
    /// The paths that lead to values in JSON texts.
    var jsonPaths: [[[UInt8]]] = []

    /// Compiles the meters of `packs` that count spans from outside, or those that count results; what they
    /// say was checked when they were read. Both have the same catalog.
    package init(_ packs: PackSet, from origin: SpanOrigin = .outside) {
        catalog = packs.catalog
        var compiler = Compiler(program: self)
        compiler.reserveSlots(for: packs)
        for (pack, tables) in zip(packs.packs, packs.tables) { compiler.add(pack, tables: tables, origin) }
        if origin == .outside { compiler.addRoles(of: packs.folds) }
        for pack in packs.packs { compiler.addRelations(of: pack) }
        self = compiler.program
    }
}

/// Whose spans a program counts.
package enum SpanOrigin: Sendable {
    /// Those that requests bring.
    case outside
    /// Our own, which say what folds have found; see `ResultSpans`.
    case results
}

/// One step of an expression; numbers refer to the program's arrays.
enum Node: Sendable {
    case attribute(slot: Int32)
    /// `count` slots from `start` in `aliasSlots`.
    case aliases(start: Int32, count: Int32)
    case intrinsic(Intrinsic)
    case text(constant: Int32)
    case number(Double)
    case truth(Bool)
    case field(Int32)
    case arithmetic(Expression.Arithmetic, Int32, Int32)
    case compareNumbers(Expression.Comparison, Int32, Int32)
    /// An attribute against a number.
    case compareSlot(Expression.Comparison, slot: Int32, Double)
    case compareTexts(Expression.Comparison, Int32, Int32)
    /// Numbers if both sides are, else texts.
    case compare(Expression.Comparison, Int32, Int32)
    /// A condition that a span's shape decides: a bit of the plan.
    case decided(Int32)
    case kindIs(UInt64)
    case statusIs(UInt64)
    case all(start: Int32, count: Int32)
    case any(start: Int32, count: Int32)
    case not(Int32)
    case matches(Int32, pattern: Int32)
    case has(Int32)
    case sum(start: Int32, count: Int32)
    case first(start: Int32, count: Int32)
    case contains(Int32, constant: Int32)
    case concat(start: Int32, count: Int32)
    case star(Int32, pattern: Int32)
    case isCommit(Int32)
    /// `count` keys from `start` in `eventKeys`.
    case event(pattern: Int32, start: Int32, count: Int32)
    case eventDelay(pattern: Int32)
    /// A path by its number in `jsonPaths`.
    case json(Int32, path: Int32)
    case relation(Int32)
    /// Pairs of condition and value from `start` in `operands`; `otherwise` −1 for missing.
    case cases(start: Int32, count: Int32, otherwise: Int32)
    /// Pairs of pattern and value from `start` in `operands`; `otherwise` −1 for missing.
    case map(Int32, start: Int32, count: Int32, otherwise: Int32)
    /// A map of `span.kind`: the value of kind n at `start + n`, of any other at `start + count`.
    case kindChoice(start: Int32, count: Int32)
    /// A map of `span.status`, likewise.
    case statusChoice(start: Int32, count: Int32)
}

/// A meter's ranges in the program's arrays.
struct CompiledMeter: BitwiseCopyable, Sendable {
    /// Slots without which the selector cannot hold, as bits; of the first 64 slots only.
    let required: UInt64
    let table: Int32
    /// In `meterConditions`: those that a span's shape decides.
    let decidingStart: Int32
    let decidingCount: Int32
    /// In `meterConditions`: those that depend on numbers.
    let countingStart: Int32
    let countingCount: Int32
    /// In `meterLabels`.
    let labelStart: Int32
    let labelCount: Int32
    let instrumentStart: Int32
    let instrumentCount: Int32
    /// Whether a span's shape decides the labels; false where one depends on a number.
    let isPlannable: Bool
    /// The pattern of the events that are counted one by one; −1 where the span is.
    let each: Int32
}

/// A label's expression.
struct CompiledLabel: BitwiseCopyable, Sendable {
    let node: Int32
    /// The slots that its value depends on, as bits, if it depends on nothing else; else all bits.
    let slots: UInt64
    /// Whether a span's shape decides it.
    let isDecided: Bool
}

/// How an instrument gets its amount and where it goes.
struct CompiledInstrument: BitwiseCopyable, Sendable {
    /// The node of the amount.
    let node: Int32
    /// The bucket layout's number; −1 for anything but a histogram.
    let layout: Int32
    /// Where its buckets begin among those of its table's row.
    let cellStart: Int32
    /// Whether it may fall.
    let isSigned: Bool
}
