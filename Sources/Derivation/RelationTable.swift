import Bytes
import Packs

/// What a relation's spans have in common, as 128 bits of a keyed hash.
struct RelationKey: BitwiseCopyable, Equatable, Sendable {
    var low: UInt64
    var high: UInt64

    mutating func mix(_ word: UInt64) { mix(word, word) }

    /// Mixes two hashes of one text in.
    mutating func mix(_ first: UInt64, _ second: UInt64) {
        low = ByteHash.fold(low ^ first, 0x9E37_79B9_7F4A_7C15)
        high = ByteHash.fold(high ^ second, 0xE703_7ED1_A0B4_28DB)
    }
}

/// What a span said to a relation.
struct RelationEntry: BitwiseCopyable, Sendable {
    let key: RelationKey
    let verb: RelationDescription.Verb
    /// Who said it.
    let span: UInt64
    let start: UInt64
    let end: UInt64
    let scope: UInt64
    /// What it said, in the program's constants; a negative offset for nothing.
    let textOffset: Int32
    let textCount: Int32
    /// Of one call several times traced: the span by which it is counted; 0 while that is open.
    var owner: UInt64 = 0
    /// Whether another request brought it.
    var isForeign = false
    /// Whether it counts no longer.
    var isForgotten = false
    /// The entry before it in its bucket, counted from 1; 0 for none.
    var previous: UInt64 = 0
}

/// A question whose answer may change behind it.
struct RelationQuestion: BitwiseCopyable, Sendable {
    let key: RelationKey
    let verb: RelationDescription.Verb
    let span: UInt64
    let start: UInt64
    let end: UInt64
    /// How many spans said yes.
    var answer = 0
}

/// What spans said to relations, newest first; a bounded number, of which the oldest are forgotten.
struct RelationTable: ~Copyable, Sendable {
    private var entries = OwnedBuffer<RelationEntry>(capacity: 64)
    private var heads: OwnedBuffer<UInt64>
    private var total: UInt64 = 0
    private let capacity: Int
    private(set) var questions = OwnedBuffer<RelationQuestion>(capacity: 64)

    /// How many are kept while a request is derived; about 1.5 MB when full.
    static let requestCapacity = 1 << 14
    /// How many are kept from one request to the next; about 6 MB when full.
    static let memoryCapacity = 1 << 16
    /// Of entries of the same key the newest are looked at: many, since a trace may hold a whole run.
    private static let ancestorCountMax = 1_024
    private static let entryCountMax = 128

    /// - Parameter capacity: a power of two.
    init(capacity: Int) {
        self.capacity = capacity
        heads = OwnedBuffer(repeating: 0, count: capacity / 4)
    }

    var isEmpty: Bool { entries.count == 0 && questions.count == 0 }

    mutating func removeAll() {
        if total > 0 { heads.fill(with: 0) }
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
    mutating func find(_ key: RelationKey, span: UInt64) -> Int {
        var link = next(heads[bucket(key)], key)
        for _ in 0..<Self.entryCountMax where link != 0 {
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

    // MARK: Answers

    /// How many spans say yes; the question is remembered.
    mutating func ask(_ question: RelationQuestion) -> Int {
        var question = question
        question.answer = answer(question)
        if questions.count < Self.requestCapacity { questions.append(question) }
        return question.answer
    }

    private mutating func answer(_ question: RelationQuestion) -> Int {
        var answer = 0
        var link = next(heads[bucket(question.key)], question.key)
        for _ in 0..<Self.ancestorCountMax where link != 0 {
            let entry = entries[place(link)]
            let isInside = entry.start <= question.start && entry.end >= question.end
            if entry.span != question.span, question.verb == .child || isInside { answer += 1 }
            link = next(entry.previous, question.key)
        }
        return answer
    }

    /// Whether a question would be answered otherwise now.
    mutating func hasOtherAnswers() -> Bool {
        for index in 0..<questions.count where answer(questions[index]) != questions[index].answer {
            return true
        }
        return false
    }

    /// What the last of a span's siblings said that had ended before it began; a negative offset for nothing.
    mutating func previous(_ key: RelationKey, span: UInt64, start: UInt64) -> (offset: Int32, count: Int32) {
        var link = next(heads[bucket(key)], key)
        var last: RelationEntry?
        for _ in 0..<Self.entryCountMax where link != 0 {
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
        for _ in 0..<Self.entryCountMax where link != 0 {
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
        for _ in 0..<Self.entryCountMax where link != 0 {
            let entry = entries[place(link)]
            if entry.owner == owner.span, entry.scope == own.scope, entry.span != own.span { return true }
            link = next(entry.previous, own.key)
        }
        return false
    }

    // MARK: Other requests

    /// Takes in what `memory` has of other requests for this one's keys.
    ///
    /// - Returns: whether there was any; then what was decided without it is open again.
    mutating func hear(_ memory: inout RelationTable) -> Bool {
        var hasNews = false
        for index in 0..<entries.count {
            let own = entries[index]
            guard own.verb == .sameCall || own.verb == .previousSibling, !own.isForeign else { continue }
            let known = memory.find(own.key, span: own.span)
            if known >= 0, memory.entries[known].owner != own.owner { hasNews = true }
            if hear(own.key, from: &memory, Self.entryCountMax) { hasNews = true }
        }
        for index in 0..<questions.count
        where questions[index].verb != .ancestor
            && hear(questions[index].key, from: &memory, Self.ancestorCountMax)
        {
            hasNews = true
        }
        return hasNews
    }

    private mutating func hear(
        _ key: RelationKey, from memory: inout RelationTable, _ countMax: Int
    ) -> Bool {
        var hasNews = false
        var link = memory.next(memory.heads[memory.bucket(key)], key)
        for _ in 0..<countMax where link != 0 {
            var entry = memory.entries[memory.place(link)]
            link = memory.next(entry.previous, key)
            guard find(key, span: entry.span) < 0 else { continue }
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

    /// Adds what the spans of a request said, if it is new.
    mutating func take(_ request: inout RelationTable) {
        for index in 0..<request.entries.count {
            let entry = request.entries[index]
            // What contains others is asked for in its own request alone.
            if entry.verb == .ancestor || entry.isForeign || entry.isForgotten { continue }
            if find(entry.key, span: entry.span) < 0 { add(entry) }
        }
    }
}
