import Bytes
import MetricModel
import OTLP
import Packs

/// What the current span was told by a relation.
struct RelationMemo: BitwiseCopyable, Sendable {
    /// The span's number; another's is of no use.
    var stamp: UInt64 = 0
    /// How many spans say yes.
    var count = 0
    var textOffset: Int32 = -1
    var textCount: Int32 = 0
}

extension Deriver {
    /// The relations that all spans of the current span's shape may say something to, as bits.
    mutating func plannedRelations(_ body: RawSpan) -> UInt32 {
        var mask: UInt32 = 0
        for (number, relation) in program.relations.enumerated()
        where relation.required & ~reader.span.presence == 0
            && holds(relation.decidingStart, relation.decidingCount, body)
        {
            mask |= 1 &<< UInt32(number)
        }
        return mask
    }

    /// Says to relations what the current span has to say, and hears what others said.
    ///
    /// - Parameter mask: the relations in question, as bits.
    @inline(never)
    mutating func tell(_ mask: UInt32, _ body: RawSpan) {
        var rest = mask
        while rest != 0 {
            let number = rest.trailingZeroBitCount
            rest &= rest &- 1
            let relation = program.relations[number]
            guard holds(relation.askedStart, relation.askedCount, body),
                let key = key(toldTo: relation, number, body)
            else { continue }
            tell(relation, number, key, body)
        }
    }

    private mutating func tell(
        _ relation: CompiledRelation, _ number: Int, _ key: RelationKey, _ body: RawSpan
    ) {
        let span = spanWord(body)
        var memo = RelationMemo(stamp: relationStamp)
        if relation.verb == .previousSibling {
            let said = relations.previous(key, span: span, start: reader.span.startNanoseconds)
            (memo.textOffset, memo.textCount) = said
        }
        var index = relations.find(key, span: span)
        if index < 0 {
            let says = relation.says < 0 ? .missing : text(relation.says, body)
            let isConstant = !says.isMissing && says.space == .constant
            index = relations.add(
                RelationEntry(
                    key: key, verb: relation.verb, span: span, start: reader.span.startNanoseconds,
                    end: reader.span.endNanoseconds,
                    scope: textHashes(TextReference(reader.span.scopeName), body).0,
                    textOffset: isConstant ? Int32(says.offset) : -1,
                    textCount: isConstant ? Int32(says.count) : 0))
        }
        switch relation.verb {
        case .sameCall: memo.count = relations.isRepeated(index) ? 1 : 0
        case .previousSibling: break
        // Asked when it is wanted: who answers need not be who asks.
        case .ancestor, .child: return
        }
        relationMemos[number] = memo
    }

    /// How many spans a relation of the current span has.
    mutating func relatedCount(_ number: Int32, _ body: RawSpan) -> Int {
        let index = Int(number)
        if relationMemos[index].stamp == relationStamp { return relationMemos[index].count }
        let verb = program.relations[index].verb
        var memo = RelationMemo(stamp: relationStamp)
        if verb == .ancestor || verb == .child {
            if verb == .ancestor { relationsTold |= program.ancestors }
            var key = key(of: index)
            mixTrace(into: &key, body)
            if verb == .child { key.mix(Self.word(reader.span.spanID, 0, body)) }
            memo.count = relations.ask(
                RelationQuestion(
                    key: key, verb: verb, span: spanWord(body), start: reader.span.startNanoseconds,
                    end: reader.span.endNanoseconds))
        }
        relationMemos[index] = memo
        return memo.count
    }

    /// What the previous sibling said to the current span.
    mutating func said(_ number: Int32) -> TextReference {
        let memo = relationMemos[Int(number)]
        guard memo.stamp == relationStamp, memo.textOffset >= 0 else { return .missing }
        return TextReference(space: .constant, offset: Int(memo.textOffset), count: Int(memo.textCount))
    }

    /// What the current span's entry is found by; nil where it has nothing to say.
    private mutating func key(toldTo relation: CompiledRelation, _ number: Int, _ body: RawSpan)
        -> RelationKey?
    {
        var key = key(of: number)
        switch relation.verb {
        case .ancestor: mixTrace(into: &key, body)
        case .child, .previousSibling:
            guard reader.span.parentSpanID.count > 0 else { return nil }
            mixTrace(into: &key, body)
            key.mix(Self.word(reader.span.parentSpanID, 0, body))
        case .sameCall: break
        }
        for index in Int(relation.textStart)..<Int(relation.textStart + relation.textCount) {
            let text = text(program.relationTexts[index], body)
            guard !text.isMissing, text.count > 0 else { return nil }
            let hashes = textHashes(text, body)
            key.mix(hashes.0, hashes.1)
        }
        return key
    }

    private func key(of relation: Int) -> RelationKey {
        RelationKey(low: UInt64(relation) &+ 1, high: UInt64(relation) &+ 1)
    }

    private mutating func mixTrace(into key: inout RelationKey, _ body: RawSpan) {
        key.mix(Self.word(reader.span.traceID, 0, body))
        key.mix(Self.word(reader.span.traceID, 8, body))
    }

    /// Which span it is, in all traces.
    private mutating func spanWord(_ body: RawSpan) -> UInt64 {
        ByteHash.fold(
            Self.word(reader.span.spanID, 0, body) ^ 0xA076_1D64_78BD_642F,
            Self.word(reader.span.traceID, 8, body) ^ 0x9E37_79B9_7F4A_7C15) | 1
    }

    /// Two hashes of a text.
    private mutating func textHashes(_ text: TextReference, _ body: RawSpan) -> (UInt64, UInt64) {
        switch text.space {
        case .body:
            return (
                relationHashes.0(body, at: text.offset, count: text.count),
                relationHashes.1(body, at: text.offset, count: text.count)
            )
        case .constant, .scratch:
            // A second reference, not a copy.
            let bytes = text.space == .constant ? program.constantBytes : scratch
            return (
                relationHashes.0(bytes.span.bytes, at: text.offset, count: text.count),
                relationHashes.1(bytes.span.bytes, at: text.offset, count: text.count)
            )
        }
    }
}
