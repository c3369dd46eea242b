import Bytes
import Dedupe
import Derivation
import MetricModel
import Synchronization

/// The derivers of the process, one for each request that can be in decode at once.
///
/// A request takes the first that is free. There are as many as event loops, so that one is.
struct DeriverSlots: Sendable {
    /// What a request in decode works with; keeps its memory for the next one.
    struct Slot: ~Copyable, Sendable {
        var deriver: Deriver
        var keys = RequestKeys()
    }

    private final class Box: Sendable {
        let slot: Mutex<Slot>

        init(_ slot: consuming sending Slot) {
            self.slot = Mutex(slot)
        }
    }

    private let boxes: [Box]

    init(count: Int, program: Program, hash: ByteHash, valueByteCountMax: Int, calendar: DayCalendar) {
        let memory = RelationMemory()
        boxes = (0..<max(1, count)).map { _ in
            Box(
                Slot(
                    deriver: Deriver(
                        program: program, hash: hash, valueByteCountMax: valueByteCountMax,
                        calendar: calendar,
                        memory: memory)))
        }
    }

    /// Runs `body` with a slot that nobody else uses meanwhile.
    func withSlot<Result: Sendable>(_ body: (inout Slot) -> Result) -> Result {
        for box in boxes {
            if let result = box.slot.withLockIfAvailable({ body(&$0) }) { return result }
        }
        return boxes[0].slot.withLock { body(&$0) }
    }
}
