import Packs

extension Compiler {
    /// Gives the first slots to the labels that all series have and to what selectors read, as far as a span's
    /// shape can decide them: it knows only 64 slots, and what it does not know is asked for every span.
    ///
    /// Relations get their numbers, so that meters can name them.
    mutating func reserveSlots(for packs: PackSet) {
        for pack in packs.packs {
            enter(pack)
            for (number, field) in pack.fields.enumerated()
            where field.name == "service" || field.name == "environment" {
                for key in inlined(.field(number)).attributeKeys { slot(key) }
            }
            for meter in pack.meters where meter.source == .spans { reserveSlots(for: meter.selector) }
            for relation in pack.relations {
                reserveSlots(for: relation.selector)
                relationNumbers[relation.name] = Int32(relationNumbers.count)
            }
        }
        for fold in packs.folds {
            for role in fold.roles { reserveSlots(for: role.selector) }
        }
    }

    private mutating func reserveSlots(for selector: Expression) {
        let parts: [Expression] = if case .all(let parts) = selector { parts } else { [selector] }
        for part in parts.map({ inlined($0) }) where isDecided(part) {
            for key in part.attributeKeys { slot(key) }
        }
    }

    /// The expression with the pack's fields put in.
    private func inlined(_ expression: Expression) -> Expression {
        expression.mappingFields { $0 < fields.count ? inlined(fields[$0]) : .field($0) }
    }
}
