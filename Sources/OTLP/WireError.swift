/// Why bytes are no protobuf message of the expected kind.
package struct WireError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Reason: String, Sendable {
        case truncated = "ends in the middle of a field"
        case varintTooLong = "has a varint of more than ten bytes"
        case badTag = "has a field tag that is no field number and wire type"
        case lengthBeyondEnd = "has a field that is longer than what holds it"
        /// Not wrong: see `TraceReader.begin`.
        case lateScope = "has a scope behind its spans"
        case tooLarge = "is larger than 2 GiB"
    }

    /// Byte offset in the request body.
    package let offset: Int
    package let reason: Reason

    package init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "request body \(reason.rawValue) at offset \(offset)" }
}
