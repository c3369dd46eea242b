package import Bytes
package import MetricModel

/// The keys of one request: one for each span that has ids, and one of the body for those that have none.
///
/// Keeps its memory from one request to the next.
package struct RequestKeys: ~Copyable, Sendable {
    /// The keys, in the order of the spans; that of the body comes last.
    package var keys = OwnedBuffer<SpanKey>(capacity: 512)
    /// For each span key the number of its span among the well-formed ones.
    private var ordinals = OwnedBuffer<UInt32>(capacity: 512)
    /// The numbers of the spans without ids.
    private var unknown: [UInt32] = []

    package init() {}

    /// Makes the keys of a request.
    ///
    /// HOT: per span (benchmark `know`).
    ///
    /// - Parameters:
    ///   - identities: those of its well-formed spans.
    ///   - body: the whole request; hashed only where a span has no ids.
    ///   - repeats: numbers of spans that need no key, ascending.
    package mutating func make(
        _ identities: inout OwnedBuffer<SpanIdentity>, _ body: RawSpan, _ secret: KeySecret,
        leavingOut repeats: [UInt32] = []
    ) {
        keys.removeAll()
        ordinals.removeAll()
        unknown.removeAll(keepingCapacity: true)
        var next = 0
        for number in 0..<identities.count {
            if next < repeats.count, Int(repeats[next]) == number {
                next += 1
                continue
            }
            let identity = identities[number]
            if identity.isKnown {
                keys.append(secret.key(of: identity))
                ordinals.append(UInt32(truncatingIfNeeded: number))
            } else {
                unknown.append(UInt32(truncatingIfNeeded: number))
            }
        }
        if !unknown.isEmpty { keys.append(secret.key(of: body)) }
    }

    /// The numbers of the spans that keys stand for, ascending.
    ///
    /// - Parameter repeats: numbers of keys.
    package mutating func spans(of repeats: [UInt32]) -> [UInt32] {
        var spans: [UInt32] = []
        for number in repeats {
            if Int(number) < ordinals.count {
                spans.append(ordinals[Int(number)])
            } else {
                spans += unknown
            }
        }
        return spans.sorted()
    }

    /// The keys as they are stored.
    package var storedBytes: [UInt8] { mutating get { keys.withUnsafeBytes { [UInt8]($0) } } }
}
