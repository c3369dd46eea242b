import Bytes
import Derivation
import Synchronization

/// The derivers of the process, one for each request that can be in decode at once.
///
/// A request takes the first that is free. There are as many as event loops, so that one is.
struct DeriverSlots: Sendable {
    private final class Slot: Sendable {
        let deriver: Mutex<Deriver>

        init(_ deriver: consuming sending Deriver) {
            self.deriver = Mutex(deriver)
        }
    }

    private let slots: [Slot]

    init(count: Int, program: Program, hash: ByteHash, valueByteCountMax: Int) {
        slots = (0..<max(1, count)).map { _ in
            Slot(Deriver(program: program, hash: hash, valueByteCountMax: valueByteCountMax))
        }
    }

    /// Runs `body` with a deriver that nobody else uses meanwhile.
    func withDeriver<Result: Sendable>(_ body: (inout Deriver) -> Result) -> Result {
        for slot in slots {
            if let result = slot.deriver.withLockIfAvailable({ body(&$0) }) { return result }
        }
        return slots[0].deriver.withLock { body(&$0) }
    }
}
