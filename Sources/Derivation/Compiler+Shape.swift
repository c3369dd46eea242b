import Packs

extension Compiler {
    /// Whether a `SpanShape` decides the value: it depends on texts, name, kind, status and rank alone.
    func isDecided(_ value: Expression) -> Bool {
        switch value {
        case .attributes(let keys): keys.allSatisfy { slots[$0].map { $0 < 64 } ?? true }
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .name, .kind, .status, .isRoot, .scopeName, .scopeVersion, .day: true
            case .duration, .size, .statusMessage: false
            }
        case .text, .number, .truth: true
        case .field(let number): isDecided(meaning(.field(number)))
        case .arithmetic, .sum, .contains, .star, .event, .eventDelay, .json, .relation: false
        case .comparison(let comparison, let left, let right): isDecided(comparison, left, right)
        case .all(let parts), .any(let parts), .first(let parts), .concat(let parts):
            parts.allSatisfy { isDecided($0) }
        case .not(let part), .matches(let part, _), .has(let part), .isCommit(let part): isDecided(part)
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

    /// The slots that a value depends on.
    func slots(of value: Expression) -> SlotMasks {
        switch value {
        case .attributes(let keys): SlotMasks(values: bits(keys))
        case .intrinsic, .text, .number, .truth, .event, .eventDelay, .relation: SlotMasks()
        case .field(let number): slots(of: meaning(.field(number)))
        case .arithmetic(_, let left, let right), .comparison(_, let left, let right):
            slots(of: left) | slots(of: right)
        case .all(let parts), .any(let parts), .first(let parts), .sum(let parts), .concat(let parts):
            parts.reduce(SlotMasks()) { $0 | slots(of: $1) }
        case .has(let part):
            if case .attributes(let keys) = meaning(part) {
                SlotMasks(presence: bits(keys))
            } else {
                slots(of: part)
            }
        case .not(let part), .matches(let part, _), .contains(let part, _), .star(let part, _),
            .isCommit(let part), .json(let part, _):
            slots(of: part)
        case .cases(let cases, let otherwise):
            cases.reduce(otherwise.map { slots(of: $0) } ?? SlotMasks()) {
                $0 | slots(of: $1.when) | slots(of: $1.value)
            }
        case .map(let part, let entries, let otherwise):
            entries.reduce(slots(of: part) | (otherwise.map { slots(of: $0) } ?? SlotMasks())) {
                $0 | slots(of: $1.value)
            }
        }
    }

    private func bits(_ keys: [String]) -> UInt64 {
        keys.reduce(0) { mask, key in slots[key].map { $0 < 64 ? mask | 1 &<< UInt64($0) : mask } ?? mask }
    }
}

/// Slots as bits, of the first 64 only.
struct SlotMasks: BitwiseCopyable, Sendable {
    /// Those whose values count.
    var values: UInt64 = 0
    /// Those of which counts whether they have a value.
    var presence: UInt64 = 0

    static func | (left: SlotMasks, right: SlotMasks) -> SlotMasks {
        SlotMasks(values: left.values | right.values, presence: left.presence | right.presence)
    }

    static func |= (left: inout SlotMasks, right: SlotMasks) { left = left | right }
}
