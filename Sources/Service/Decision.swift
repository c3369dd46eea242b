import Ledger
import MetricModel

/// What was decided at one moment, and what it changes in the ledger; a reference, so that entries stay small.
final class Decision: Sendable {
    let batch: OutcomeBatch
    let plan: LedgerPlan
    /// The batch as the journal keeps it.
    let section: [UInt8]

    init(_ batch: OutcomeBatch, _ plan: LedgerPlan) {
        self.batch = batch
        self.plan = plan
        section = OutcomeSection.encode(batch)
    }
}
