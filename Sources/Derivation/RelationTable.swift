import Bytes
import Packs

/// What spans said to relations, newest first; a bounded number, of which the oldest are forgotten.
struct RelationTable: ~Copyable, Sendable {
    private var entries = OwnedBuffer<RelationEntry>(capacity: 64)
    private var heads: OwnedBuffer<UInt64>
    private var total: UInt64 = 0
    private let capacity: Int
    private(set) var questions = OwnedBuffer<RelationQuestion>(capacity: 64)

    /// The keys of which everything was heard; kept for its memory.
    private var heard: Set<RelationKey> = []

    /// How many are kept while a request is derived; about 1.6 MB when full.
    static let requestCapacity = 1 << 14
    /// How many are kept from one request to the next; about 6.5 MB when full.
    static let memoryCapacity = 1 << 16
    /// Of entries of the same key the newest are looked at: many, since a trace may hold a whole run.
    private static let containedCountMax = 1_024
    private static let entryCountMax = 128

    /// - Parameter capacity: a power of two.
    init(capacity: Int) {
        self.capacity = capacity
        heads = OwnedBuffer(repeating: 0, count: capacity / 4)
    }

    var isEmpty: Bool { entries.count == 0 && questions.count == 0 }

    mutating func removeAll() {
        if total > UInt64(capacity / 16) {
            heads.fill(with: 0)
        } else {
            for index in 0..<entries.count { heads[bucket(entries[index].key)] = 0 }
        }
        entries.removeAll()
        questions.removeAll()
        total = 0
    }

    // MARK: Entries

    private func bucket(_ key: RelationKey) -> Int { Int(truncatingIfNeeded: key.low) & (capacity / 4 - 1) }

    private func place(_ link: UInt64) -> Int { Int(truncatingIfNeeded: link &- 1) & (capacity - 1) }

    /// The newest entry of `key` that is older than `link`, counted from 1; 0 for none.
    private mutating func next(_ link: UInt64, _ key: RelationKey) -> UInt64 {
        var link = link
        while link != 0, link + UInt64(capacity) > total {
            if entries[place(link)].key == key, !entries[place(link)].isForgotten { return link }
            link = entries[place(link)].previous
        }
        return 0
    }

    /// Where the entry of a span stands; negative for none.
    mutating func find(_ key: RelationKey, span: UInt64, among countMax: Int = Self.entryCountMax) -> Int {
        find(key, span: span, among: countMax, from: heads[bucket(key)])
    }

    private mutating func find(_ key: RelationKey, span: UInt64, among countMax: Int, from head: UInt64)
        -> Int
    {
        var link = next(head, key)
        var left = countMax
        while link != 0, left > 0 {
            left -= 1
            if entries[place(link)].span == span { return place(link) }
            link = next(entries[place(link)].previous, key)
        }
        return -1
    }

    /// Adds an entry; gives where it stands.
    @discardableResult mutating func add(_ entry: RelationEntry) -> Int {
        var entry = entry
        let bucket = bucket(entry.key)
        entry.previous = heads[bucket]
        total += 1
        heads[bucket] = total
        if entries.count < capacity {
            entries.append(entry)
        } else {
            entries[place(total)] = entry
        }
        return place(total)
    }

    /// Adds what a sibling or a descendant says, or puts it in the place of what it said before.
    mutating func put(_ entry: RelationEntry) {
        let isSum = entry.verb == .descendant
        let known = find(
            entry.key, span: entry.span, among: isSum ? Self.containedCountMax : Self.entryCountMax)
        if known >= 0 {
            entries[known].amount = entry.amount
            entries[known].heard = entry.heard
        } else if !isSum || entry.amount > 0 {
            // Nothing need not be kept.
            add(entry)
        }
    }

    // MARK: Answers

    /// How many spans say yes, or the sum of what they say; the question is remembered.
    mutating func ask(_ question: RelationQuestion) -> Double {
        var question = question
        question.answer = answer(question)
        if questions.count < Self.requestCapacity { questions.append(question) }
        return question.answer
    }

    private mutating func answer(_ question: RelationQuestion) -> Double {
        var answer = 0.0
        var link = next(heads[bucket(question.key)], question.key)
        var left = Self.containedCountMax
        while link != 0, left > 0 {
            left -= 1
            let entry = entries[place(link)]
            if entry.span != question.span {
                switch question.verb {
                case .ancestor where entry.start <= question.start && entry.end >= question.end: answer += 1
                case .descendant where question.start <= entry.start && question.end >= entry.end:
                    answer += entry.amount
                case .child: answer += 1
                default: break
                }
            }
            link = next(entry.previous, question.key)
        }
        return answer
    }

    /// Whether a question would be answered otherwise now.
    mutating func hasOtherAnswers() -> Bool {
        for index in 0..<questions.count where answer(questions[index]) != questions[index].answer {
            return true
        }
        for index in 0..<entries.count {
            let own = entries[index]
            guard own.verb == .previousSibling, !own.isForeign else { continue }
            if previous(own.key, span: own.span, start: own.start).offset != own.heard { return true }
        }
        return false
    }

    /// What the last of a span's siblings said that had ended before it began; a negative offset for nothing.
    mutating func previous(_ key: RelationKey, span: UInt64, start: UInt64) -> (offset: Int32, count: Int32) {
        var link = next(heads[bucket(key)], key)
        var last: RelationEntry?
        var left = Self.entryCountMax
        while link != 0, left > 0 {
            left -= 1
            let entry = entries[place(link)]
            if entry.span != span, entry.end <= start, entry.end > last?.end ?? 0 { last = entry }
            link = next(entry.previous, key)
        }
        return last.map { ($0.textOffset, $0.textCount) } ?? (-1, 0)
    }

    /// Whether the call of the entry at `index` is counted by another span; decided once.
    mutating func isRepeated(_ index: Int) -> Bool {
        if entries[index].owner == 0 { entries[index].owner = owner(of: entries[index]) }
        return entries[index].owner != entries[index].span
    }

    /// Each span that counts stands for at most one span of each other scope.
    private mutating func owner(of own: RelationEntry) -> UInt64 {
        var link = next(heads[bucket(own.key)], own.key)
        var left = Self.entryCountMax
        while link != 0, left > 0 {
            left -= 1
            let entry = entries[place(link)]
            if entry.span != own.span, entry.owner == entry.span, Self.tellOfOneCall(entry, own),
                !isTaken(entry, for: own)
            {
                return entry.span
            }
            link = next(entry.previous, own.key)
        }
        return own.span
    }

    private static func tellOfOneCall(_ a: RelationEntry, _ b: RelationEntry) -> Bool {
        if a.scope == b.scope { return a.start == b.start && a.end == b.end }
        return a.start <= b.start && a.end >= b.end || b.start <= a.start && b.end >= a.end
    }

    private mutating func isTaken(_ owner: RelationEntry, for own: RelationEntry) -> Bool {
        if owner.scope == own.scope { return false }
        var link = next(heads[bucket(own.key)], own.key)
        var left = Self.entryCountMax
        while link != 0, left > 0 {
            left -= 1
            let entry = entries[place(link)]
            if entry.owner == owner.span, entry.scope == own.scope, entry.span != own.span { return true }
            link = next(entry.previous, own.key)
        }
        return false
    }

    // MARK: Other requests

    /// Takes in what the memories have of other requests for this one's keys.
    ///
    /// What was asked is not answered again: see `hasOtherAnswers`.
    ///
    /// - Parameters:
    ///   - memory: what other spans said.
    ///   - ancestors: what those said that contain others.
    /// - Returns: whether something was decided that is open again now.
    mutating func hear(_ memory: inout RelationTable, ancestors: inout RelationTable) -> Bool {
        var hasNews = false
        heard.removeAll(keepingCapacity: true)
        for index in 0..<entries.count {
            let own = entries[index]
            guard own.verb == .sameCall || own.verb == .previousSibling, !own.isForeign else { continue }
            let known = memory.find(own.key, span: own.span)
            if known >= 0, memory.entries[known].owner != own.owner { hasNews = true }
            // Of siblings, what was heard is compared.
            if hear(own.key, from: &memory, Self.entryCountMax), own.verb == .sameCall { hasNews = true }
        }
        for index in 0..<questions.count {
            if questions[index].verb == .ancestor {
                hear(questions[index].key, from: &ancestors, Self.containedCountMax)
            } else {
                hear(questions[index].key, from: &memory, Self.containedCountMax)
            }
        }
        return hasNews
    }

    @discardableResult
    private mutating func hear(
        _ key: RelationKey, from memory: inout RelationTable, _ countMax: Int
    ) -> Bool {
        var link = memory.next(memory.heads[memory.bucket(key)], key)
        guard link != 0, heard.insert(key).inserted else { return false }
        var hasNews = false
        let own = heads[bucket(key)]
        var left = countMax
        while link != 0, left > 0 {
            left -= 1
            var entry = memory.entries[memory.place(link)]
            link = memory.next(entry.previous, key)
            guard find(key, span: entry.span, among: countMax, from: own) < 0 else { continue }
            entry.isForeign = true
            add(entry)
            hasNews = true
        }
        return hasNews
    }

    /// Makes the spans of this request say again whose call they tell of: what they heard has changed.
    mutating func reopen() {
        questions.removeAll()
        for index in 0..<entries.count where entries[index].verb == .sameCall && !entries[index].isForeign {
            entries[index].isForgotten = true
        }
    }

    /// Adds what the spans of a request said, if it is new; what contains others goes to `ancestors`.
    mutating func take(_ request: inout RelationTable, ancestors: inout RelationTable) {
        for index in 0..<request.entries.count {
            let entry = request.entries[index]
            if entry.isForeign || entry.isForgotten { continue }
            switch entry.verb {
            // Twice the same says no more than once, and looking for it would cost more.
            case .ancestor: ancestors.add(entry)
            case .descendant: put(entry)
            case .child, .previousSibling, .sameCall:
                if find(entry.key, span: entry.span) < 0 { add(entry) }
            }
        }
    }
}
