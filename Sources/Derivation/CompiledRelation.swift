import Packs

/// A relation as ranges in the program's arrays.
struct CompiledRelation: BitwiseCopyable, Sendable {
    let verb: RelationDescription.Verb
    /// Slots without which the selector cannot hold, as bits; of the first 64 slots only.
    let required: UInt64
    /// In `meterConditions`: those that a span's shape decides.
    let decidingStart: Int32
    let decidingCount: Int32
    /// In `meterConditions`: the others, asked for each span.
    let askedStart: Int32
    let askedCount: Int32
    /// In `relationTexts`: what must be there and equal.
    let textStart: Int32
    let textCount: Int32
    /// What a previous sibling or a descendant says: a node; −1 for other verbs.
    let says: Int32
}

extension Compiler {
    /// Adds a pack's relations, whose numbers `reserveSlots` has given.
    mutating func addRelations(of pack: Pack) {
        enter(pack)
        for relation in pack.relations {
            let selector = shared(relation.selector)
            let (deciding, asked) = conditions(of: selector)
            let textStart = program.relationTexts.count
            for text in relation.by {
                let node = compile(shared(text))
                program.relationTexts.append(node)
            }
            program.relations.append(
                CompiledRelation(
                    verb: relation.verb, required: required(selector),
                    decidingStart: Int32(deciding.lowerBound),
                    decidingCount: Int32(deciding.count), askedStart: Int32(asked.lowerBound),
                    askedCount: Int32(asked.count), textStart: Int32(textStart),
                    textCount: Int32(relation.by.count),
                    says: relation.says.map { compile(shared($0)) } ?? -1
                ))
        }
    }
}
