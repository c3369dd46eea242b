import Bytes
import MetricModel

/// Everything about a span that decides which meters take it, under which labels, and which numbers are
/// there; the numbers themselves, which only decide amounts, are not part of it.
struct SpanShape: BitwiseCopyable, Equatable, Sendable {
    /// Which slots the span itself sets, of those that matter.
    var presence: UInt64 = 0
    /// Which of the numeric slots are ints, and doubles.
    var ints: UInt64 = 0
    var doubles: UInt64 = 0
    /// The number of its resource and scope, of its name, and its kind, status, rank and whether it has an end.
    var head: UInt64 = 0
    /// The value numbers of the deciding slots in `presence`, in order.
    var values = RowKey()

    /// How many slots fit.
    static let slotCountMax = RowKey.columnCountMax

    @inline(__always) fileprivate var hash: UInt64 {
        let numbers = ByteHash.fold(ints ^ 0xA076_1D64_78BD_642F, doubles ^ 0xE703_7ED1_A0B4_28DB)
        return ByteHash.fold(presence ^ 0x9E37_79B9_7F4A_7C15, head ^ numbers ^ values.hash(0))
    }

    @inline(__always) static func == (left: SpanShape, right: SpanShape) -> Bool {
        (left.presence ^ right.presence) | (left.ints ^ right.ints) | (left.doubles ^ right.doubles)
            | (left.head ^ right.head) == 0 && left.values == right.values
    }
}

/// Remembers for each shape of span by which recipe it is measured and which rows it fills.
///
/// Most spans look like one that came before but for their numbers; for these neither selectors nor labels
/// are evaluated. Shapes are compared in full.
struct PlanCache: ~Copyable, Sendable {
    /// Where the amounts of one step of a plan's recipe go.
    struct Target: BitwiseCopyable, Sendable {
        /// −1 where the labels depend on numbers: then the row is found for each span.
        let row: Int32
        /// The row's amounts and bucket counts in the batch.
        let amountStart: Int32
        let cellStart: Int32
    }

    /// How spans of a shape are counted.
    struct Plan: BitwiseCopyable, Sendable {
        let shape: SpanShape
        /// What the program's decided conditions say.
        let decided: TruthSet
        let recipe: Int32
        /// One target for each step of the recipe, from here.
        let targetStart: Int32
        /// The role in a fold of all spans of the shape; `noRole`, or `askedRole` where numbers decide.
        let role: Int16
        /// The relations that all spans of the shape may say something to, as bits.
        let relations: UInt32
    }

    static let noRole: Int16 = -1
    static let askedRole: Int16 = -2

    private var plans = OwnedBuffer<Plan>(capacity: 64)
    /// Written by `append` alone.
    var targets = OwnedBuffer<Target>(capacity: 512)
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

    /// Begins the plan of a shape that `find` does not know; its targets are then appended.
    ///
    /// - Returns: its number.
    mutating func begin(_ shape: SpanShape, decided: TruthSet, recipe: Int, role: Int16, relations: UInt32)
        -> Int
    {
        plans.append(
            Plan(
                shape: shape, decided: decided, recipe: Int32(recipe), targetStart: Int32(targets.count),
                role: role, relations: relations
            )
        )
        if plans.count * 2 > index.count {
            mask = index.count * 2 - 1
            index = OwnedBuffer(repeating: 0, count: mask + 1)
            for number in 0..<plans.count - 1 { place(number) }
        }
        place(plans.count - 1)
        return plans.count - 1
    }

    /// Appends a target to the plan that was begun last.
    mutating func append(_ target: Target) { targets.append(target) }

    /// A plan that `find` or `begin` gave.
    @inline(__always) subscript(plan: Int) -> Plan { mutating get { plans[plan] } }

    /// A target of a plan, counted from its `targetStart`; checked in debug builds only.
    // SAFETY: as many were appended as the plan's recipe has steps.
    @inline(__always) mutating func target(unchecked index: Int) -> Target { targets[unchecked: index] }

    private mutating func place(_ number: Int) {
        let hash = plans[number].shape.hash
        var position = Int(truncatingIfNeeded: hash) & mask
        while index[position] != 0 { position = (position + 1) & mask }
        index[position] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
    }

    /// Forgets all plans, whose rows are no more.
    mutating func removeAll() {
        plans = OwnedBuffer(capacity: 64)
        targets = OwnedBuffer(capacity: 512)
        index = OwnedBuffer(repeating: 0, count: 256)
        mask = 255
    }
}
