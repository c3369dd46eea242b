import Packs

extension Compiler {
    /// Whether a `SpanShape` decides the value: it depends on texts, name, kind, status and rank alone.
    func isDecided(_ value: Expression) -> Bool {
        switch value {
        case .attributes(let keys): keys.allSatisfy { slots[$0].map { $0 < 64 } ?? true }
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .name, .kind, .status, .isRoot, .scopeName, .scopeVersion: true
            case .duration, .size, .statusMessage: false
            }
        case .text, .number, .truth: true
        case .field(let number): isDecided(meaning(.field(number)))
        case .arithmetic, .sum, .contains: false
        case .comparison(let comparison, let left, let right): isDecided(comparison, left, right)
        case .all(let parts), .any(let parts), .first(let parts): parts.allSatisfy { isDecided($0) }
        case .not(let part), .matches(let part, _), .has(let part): isDecided(part)
        case .cases(let cases, let otherwise):
            cases.allSatisfy { isDecided($0.when) && isDecided($0.value) }
                && otherwise.map { isDecided($0) } ?? true
        case .map(let part, let entries, let otherwise):
            isDecided(part) && entries.allSatisfy { isDecided($0.value) }
                && otherwise.map { isDecided($0) } ?? true
        }
    }

    /// Equal texts are decided; an order is one of numbers.
    private func isDecided(_ comparison: Expression.Comparison, _ left: Expression, _ right: Expression)
        -> Bool
    {
        guard comparison == .equal || comparison == .notEqual else { return false }
        return isText(left) && isText(right) && isDecided(left) && isDecided(right)
    }

    /// The slots that a value depends on, as bits; of the first 64 slots only.
    func decidingSlots(_ value: Expression) -> UInt64 {
        switch value {
        case .attributes(let keys):
            keys.reduce(0) { mask, key in slots[key].map { $0 < 64 ? mask | 1 &<< UInt64($0) : mask } ?? mask
            }
        case .intrinsic, .text, .number, .truth: 0
        case .field(let number): decidingSlots(meaning(.field(number)))
        case .arithmetic(_, let left, let right), .comparison(_, let left, let right):
            decidingSlots(left) | decidingSlots(right)
        case .all(let parts), .any(let parts), .first(let parts), .sum(let parts):
            parts.reduce(0) { $0 | decidingSlots($1) }
        case .not(let part), .matches(let part, _), .has(let part), .contains(let part, _):
            decidingSlots(part)
        case .cases(let cases, let otherwise):
            cases.reduce(otherwise.map { decidingSlots($0) } ?? 0) {
                $0 | decidingSlots($1.when) | decidingSlots($1.value)
            }
        case .map(let part, let entries, let otherwise):
            entries.reduce(decidingSlots(part) | (otherwise.map { decidingSlots($0) } ?? 0)) {
                $0 | decidingSlots($1.value)
            }
        }
    }
}
