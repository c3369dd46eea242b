/// What waits for its commit, in its order.
///
/// A large request comes in several parts, with others between them; its parts go into one transaction.
struct IntakeQueue: Sendable {
    private var entries: [IntakeEntry] = []
    /// Large requests of which more is to come.
    private var openRequests: Set<UInt64> = []
    private var lastRequest: UInt64 = 0
    /// How many entries are parts of large requests.
    private var partCount = 0
    /// What all entries take.
    private(set) var byteCount = 0

    var isEmpty: Bool { entries.isEmpty }

    /// Whether a decision waits in it; there is never more than one.
    var hasDecision: Bool { entries.contains { $0.decision != nil } }

    /// The traces that entries say something of to folds, by the low words of their ids.
    var traces: Set<UInt64> {
        var traces = Set<UInt64>(minimumCapacity: entries.reduce(0) { $0 + $1.traces.count })
        for entry in entries { traces.formUnion(entry.traces) }
        return traces
    }

    /// Adds an entry behind all others.
    mutating func append(_ entry: IntakeEntry) {
        entries.append(entry)
        byteCount += entry.byteCount
        if entry.request != 0 { partCount += 1 }
    }

    /// A number for a large request whose parts are to come; never 0.
    mutating func openRequest() -> UInt64 {
        lastRequest += 1
        openRequests.insert(lastRequest)
        return lastRequest
    }

    /// The request's last part is about to come.
    mutating func closeRequest(_ request: UInt64) { openRequests.remove(request) }

    /// Whether parts of the request are expected.
    func isOpen(_ request: UInt64) -> Bool { openRequests.contains(request) }

    /// Takes off the entries of the next transaction: all up to the first part of a request that is not
    /// whole, or `byteCountMax` of them, one at least, where there is no large request.
    mutating func takeGroup(byteCountMax: Int) -> [IntakeEntry] {
        var end = entries.count
        if partCount > 0 {
            end = entries.firstIndex { openRequests.contains($0.request) } ?? entries.count
            while let straddling = firstStraddling(end) { end = straddling }
        } else {
            var taken = 0
            end =
                entries.firstIndex { entry in
                    defer { taken += entry.byteCount }
                    return taken >= byteCountMax
                } ?? entries.count
        }
        let group = Array(entries[..<end])
        entries.removeFirst(end)
        for entry in group {
            byteCount -= entry.byteCount
            if entry.request != 0 { partCount -= 1 }
        }
        return group
    }

    /// The first entry before `end` whose request goes on behind it.
    private func firstStraddling(_ end: Int) -> Int? {
        let behind = Set(entries[end...].lazy.map(\.request).filter { $0 != 0 })
        return entries[..<end].firstIndex { behind.contains($0.request) }
    }

    /// Puts a group back in front of all others.
    mutating func putBack(_ group: [IntakeEntry]) {
        entries = group + entries
        for entry in group {
            byteCount += entry.byteCount
            if entry.request != 0 { partCount += 1 }
        }
    }

    /// Takes off everything; requests that are open are no more.
    mutating func removeAll() -> [IntakeEntry] {
        defer {
            entries = []
            openRequests = []
            partCount = 0
            byteCount = 0
        }
        return entries
    }

    /// Takes the callbacks off all entries.
    mutating func takeWaiters() -> [@Sendable () -> Void] {
        let waiters = entries.compactMap(\.settled)
        for index in entries.indices { entries[index].settled = nil }
        return waiters
    }
}
