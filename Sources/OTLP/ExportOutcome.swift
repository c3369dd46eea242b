/// What became of one OTLP export request.
///
/// A receiver turns it into the answer of its protocol: see `reference` rules in the README, "Receivers".
package enum ExportOutcome: Sendable, Equatable {
    /// Every span was taken.
    case accepted

    /// The request was taken; `rejected` of its spans were malformed and are lost. `message` says why.
    case partial(rejected: Int, message: String)

    /// The bytes are no export request; nothing was taken, and sending them again is useless.
    case malformed(String)

    /// Nothing was taken; the same bytes may be sent again after `retryAfterSeconds` (1 or more).
    case overloaded(retryAfterSeconds: Int)

    /// Nothing was taken, because what taking needs is not there, such as room on the disk; the same bytes may be
    /// sent again after `retryAfterSeconds` (1 or more). `reason` is for the sender's log: lower case, no full stop.
    case unavailable(reason: String, retryAfterSeconds: Int)
}
