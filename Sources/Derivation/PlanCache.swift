import Bytes
import MetricModel

/// Everything about a span that decides which meters take it and under which labels; numbers that only decide
/// amounts are not part of it.
struct SpanShape: BitwiseCopyable, Equatable, Sendable {
    /// Which slots the span itself sets, of those that matter.
    var presence: UInt64 = 0
    /// The number of its resource and scope, of its name, and its kind, status and rank.
    var head: UInt64 = 0
    /// The value numbers of the slots in `presence`, in order.
    var values = RowKey()

    /// How many slots fit.
    static let slotCountMax = RowKey.columnCountMax

    @inline(__always) fileprivate var hash: UInt64 {
        ByteHash.fold(presence ^ 0x9E37_79B9_7F4A_7C15, head ^ values.hash(0))
    }

    @inline(__always) static func == (left: SpanShape, right: SpanShape) -> Bool {
        (left.presence ^ right.presence) | (left.head ^ right.head) == 0 && left.values == right.values
    }
}

/// Remembers for each shape of span which meters take it and which rows they fill.
///
/// Most spans look like one that came before but for their numbers; for these neither selectors nor labels
/// are evaluated. Shapes are compared in full.
struct PlanCache: ~Copyable, Sendable {
    /// A meter that takes spans of a shape, and where its amounts go.
    struct Step: BitwiseCopyable, Sendable {
        let meter: Int32
        /// −1 where the labels depend on numbers: then the row is found for each span.
        let row: Int32
        /// Its instruments in the program.
        let instrumentStart: Int32
        let instrumentCount: Int32
        /// The row's amounts and bucket counts in the batch.
        let amountStart: Int32
        let cellStart: Int32
        /// Whether conditions on numbers are left to be asked of each span.
        let isConditional: Bool
    }

    /// A shape and its steps.
    struct Plan: BitwiseCopyable, Sendable {
        let shape: SpanShape
        /// What the program's decided conditions say.
        let decided: TruthSet
        let start: Int32
        var count: Int32
    }

    private var plans = OwnedBuffer<Plan>(capacity: 64)
    private var steps = OwnedBuffer<Step>(capacity: 512)
    /// The upper half of a shape's hash, and its plan's number plus one; 0 for a free place.
    private var index = OwnedBuffer<UInt64>(repeating: 0, count: 256)
    private var mask = 255

    /// More plans than this are not kept: such traffic has no shapes worth remembering.
    private static let planCountMax = 1 << 14

    /// Whether it is time to forget.
    var isFull: Bool { mutating get { plans.count >= Self.planCountMax } }

    /// The plan of a shape; −1 where it is new.
    ///
    /// HOT: per span (benchmark `derive`).
    @inline(__always) mutating func find(_ shape: SpanShape) -> Int {
        let hash = shape.hash
        let tag = hash & 0xFFFF_FFFF_0000_0000
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            // SAFETY: `mask` is the index' size less one, and the index holds numbers of plans.
            let found = index[unchecked: position]
            if found == 0 { return -1 }
            if found & 0xFFFF_FFFF_0000_0000 == tag {
                let plan = Int(truncatingIfNeeded: found & 0xFFFF_FFFF) &- 1
                if plans[unchecked: plan].shape == shape { return plan }
            }
            position = (position &+ 1) & mask
        }
    }

    /// Begins the plan of a shape that `find` does not know; steps are then appended.
    ///
    /// - Returns: its number.
    mutating func begin(_ shape: SpanShape, decided: TruthSet) -> Int {
        plans.append(Plan(shape: shape, decided: decided, start: Int32(steps.count), count: 0))
        if plans.count * 2 > index.count {
            mask = index.count * 2 - 1
            index = OwnedBuffer(repeating: 0, count: mask + 1)
            for number in 0..<plans.count - 1 { place(number) }
        }
        place(plans.count - 1)
        return plans.count - 1
    }

    /// Appends a step to the plan that was begun last.
    mutating func append(_ step: Step) {
        steps.append(step)
        plans[plans.count - 1].count += 1
    }

    /// The steps of a plan that `find` or `begin` gave.
    @inline(__always) mutating func steps(of plan: Int) -> Range<Int> {
        Int(plans[plan].start)..<Int(plans[plan].start + plans[plan].count)
    }

    /// The decided conditions of a plan that `find` or `begin` gave.
    @inline(__always) mutating func decided(_ plan: Int) -> TruthSet { plans[plan].decided }

    /// A step of a plan.
    @inline(__always) mutating func step(_ index: Int) -> Step { steps[index] }

    private mutating func place(_ number: Int) {
        let hash = plans[number].shape.hash
        var position = Int(truncatingIfNeeded: hash) & mask
        while index[position] != 0 { position = (position + 1) & mask }
        index[position] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
    }

    /// Forgets all plans, whose rows are no more.
    mutating func removeAll() {
        plans = OwnedBuffer(capacity: 64)
        steps = OwnedBuffer(capacity: 512)
        index = OwnedBuffer(repeating: 0, count: 256)
        mask = 255
    }
}
