import Folding
import Ledger

/// What a start goes on with: open cases and runs, and the history of tests.
struct KeptOutcomes: Sendable {
    var folds: Folds
    var history: History
}
