/// What tests failed with, by service, with how often.
struct PatternTable: Sendable {
    struct Entry: Sendable, Equatable {
        let service: String
        let text: String
        var count: Int64
        /// When it was last seen, in milliseconds since 1970.
        var last: Int64
    }

    private struct Key: Hashable {
        let service: ExactText
        let text: ExactText
    }

    /// Distinct patterns of all services; what comes then is taken for `other`.
    static let countMax = 50_000
    static let other = "other"

    /// Nil where a number is free.
    private(set) var entries: [Entry?] = []
    private(set) var free: [Int32] = []
    private var numbers: [Key: Int32] = [:]

    func number(of text: String, service: String) -> Int32? {
        numbers[Key(service: ExactText(service), text: ExactText(text))]
    }

    /// Adds a pattern, or changes its count.
    mutating func put(_ entry: Entry, at number: Int32) {
        let index = Int(number)
        let isNext = index >= entries.count
        while entries.count <= index {
            if entries.count < index { free.append(Int32(entries.count)) }
            entries.append(nil)
        }
        if entries[index] == nil {
            if !isNext, let place = free.lastIndex(of: number) { free.remove(at: place) }
            numbers[Key(service: ExactText(entry.service), text: ExactText(entry.text))] = number
        }
        entries[index] = entry
    }

    mutating func remove(_ number: Int32) {
        guard let entry = entries[Int(number)] else { return }
        numbers[Key(service: ExactText(entry.service), text: ExactText(entry.text))] = nil
        entries[Int(number)] = nil
        free.append(number)
    }

    /// The patterns of a service that were seen most, first come on ties, as texts.
    func commonest(of service: String, countMax: Int) -> Set<ExactText> {
        let own = entries.indices.filter { entries[$0].map { $0.service == service } ?? false }
        let ranked = own.sorted { (entries[$0]?.count ?? 0, $1) > (entries[$1]?.count ?? 0, $0) }
        return Set(ranked.prefix(countMax).compactMap { entries[$0].map { ExactText($0.text) } })
    }
}
