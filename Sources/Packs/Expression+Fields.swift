extension Expression {
    /// The expression with every field replaced by what `replacement` gives for its number.
    package func mappingFields(_ replacement: (Int) -> Expression) -> Expression {
        func map(_ part: Expression) -> Expression { part.mappingFields(replacement) }
        switch self {
        case .field(let number): return replacement(number)
        case .attributes, .intrinsic, .text, .number, .truth, .event, .eventDelay, .relation: return self
        case .arithmetic(let operation, let a, let b): return .arithmetic(operation, map(a), map(b))
        case .comparison(let comparison, let a, let b): return .comparison(comparison, map(a), map(b))
        case .all(let parts): return .all(parts.map(map))
        case .any(let parts): return .any(parts.map(map))
        case .not(let part): return .not(map(part))
        case .matches(let part, let pattern): return .matches(map(part), pattern)
        case .has(let part): return .has(map(part))
        case .sum(let parts): return .sum(parts.map(map))
        case .concat(let parts): return .concat(parts.map(map))
        case .star(let part, let pattern): return .star(map(part), pattern)
        case .isCommit(let part): return .isCommit(map(part))
        case .json(let part, let path): return .json(map(part), path)
        case .first(let parts): return .first(parts.map(map))
        case .contains(let part, let text): return .contains(map(part), text)
        case .cases(let cases, let otherwise):
            let mapped = cases.map { Case(when: map($0.when), value: map($0.value)) }
            return .cases(mapped, otherwise: otherwise.map(map))
        case .map(let part, let entries, let otherwise):
            let mapped = entries.map { Entry(pattern: $0.pattern, value: map($0.value)) }
            return .map(map(part), mapped, otherwise: otherwise.map(map))
        }
    }

    /// The attributes it reads, those of its fields apart, in the order they stand.
    package var attributeKeys: [String] {
        switch self {
        case .attributes(let keys): keys
        case .field, .intrinsic, .text, .number, .truth, .event, .eventDelay, .relation: []
        case .arithmetic(_, let a, let b), .comparison(_, let a, let b): a.attributeKeys + b.attributeKeys
        case .all(let parts), .any(let parts), .sum(let parts), .first(let parts), .concat(let parts):
            parts.flatMap(\.attributeKeys)
        case .not(let part), .matches(let part, _), .has(let part), .contains(let part, _),
            .star(let part, _), .isCommit(let part), .json(let part, _):
            part.attributeKeys
        case .cases(let cases, let otherwise):
            cases.flatMap { $0.when.attributeKeys + $0.value.attributeKeys }
                + (otherwise?.attributeKeys ?? [])
        case .map(let part, let entries, let otherwise):
            part.attributeKeys + entries.flatMap(\.value.attributeKeys) + (otherwise?.attributeKeys ?? [])
        }
    }
}
