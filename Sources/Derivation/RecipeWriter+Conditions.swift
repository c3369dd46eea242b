import Packs

extension RecipeWriter {
    /// When the condition `node` says `wanted`, yes or no; one that is missing says neither.
    mutating func holds(_ node: Int32, _ wanted: Truth) throws(Undecided) -> Condition {
        switch program.nodes[Int(node)] {
        case .truth(let truth): return decided(truth ? .yes : .no, wanted)
        case .decided(let number): return decided(facts.decided[Int(number)], wanted)
        case .kindIs(let code): return decided(facts.kind == code ? .yes : .no, wanted)
        case .statusIs(let code): return decided(facts.statusCode == code ? .yes : .no, wanted)
        case .field(let field): return try holds(field: field, wanted)
        case .not(let inner): return try holds(inner, wanted == .yes ? .no : .yes)
        case .all(let start, let count): return try parts(start, count, wanted, areAllNeeded: wanted == .yes)
        case .any(let start, let count): return try parts(start, count, wanted, areAllNeeded: wanted == .no)
        case .has(let inner): return decided(try has(inner) ? .yes : .no, wanted)
        case .compareNumbers(let comparison, let left, let right):
            return try compare(comparison, number(left), number(right), wanted)
        case .compareSlot(let comparison, let slot, let right):
            return try compare(comparison, attribute(slot), .register(constant(right)), wanted)
        case .compare(let comparison, let left, let right):
            guard isNumber(left), isNumber(right) else { throw Undecided() }
            return try compare(comparison, number(left), number(right), wanted)
        case .cases(let start, let count, let otherwise):
            return try holds(cases: start, count, otherwise, wanted)
        default: throw Undecided()
        }
    }

    private mutating func holds(field: Int32, _ wanted: Truth) throws(Undecided) -> Condition {
        let question = FieldQuestion(field: field, wanted: wanted)
        if let known = fieldConditions[question] {
            guard let known else { throw Undecided() }
            return known
        }
        fieldConditions[question] = .some(nil)
        let condition = try holds(program.fields[Int(field)], wanted)
        fieldConditions[question] = condition
        return condition
    }

    private func decided(_ truth: Truth, _ wanted: Truth) -> Condition { truth == wanted ? .always : .never }

    private mutating func parts(
        _ start: Int32, _ count: Int32, _ wanted: Truth, areAllNeeded: Bool
    ) throws(Undecided) -> Condition {
        var result = areAllNeeded ? Condition.always : .never
        for index in start..<start + count {
            let part = try holds(program.operands[Int(index)], wanted)
            result = areAllNeeded ? try both(result, part) : try either(result, part)
        }
        return result
    }

    private mutating func holds(
        cases start: Int32, _ count: Int32, _ otherwise: Int32, _ wanted: Truth
    ) throws(Undecided) -> Condition {
        guard count > 0 else { return otherwise < 0 ? .never : try holds(otherwise, wanted) }
        let condition = try holds(program.operands[Int(start)], .yes)
        let rest = try holds(cases: start + 2, count - 1, otherwise, wanted)
        let value = try holds(program.operands[Int(start) + 1], wanted)
        return try either(both(condition, value), both(inverse(condition), rest))
    }

    private mutating func compare(
        _ comparison: Expression.Comparison, _ left: Amount, _ right: Amount, _ wanted: Truth
    ) throws(Undecided) -> Condition {
        guard case .register(let a) = left, case .register(let b) = right else { return .never }
        let operation: RecipeOperation =
            switch comparison {
            case .equal: RecipeOperation(kind: .equal, a: a, b: b)
            case .notEqual: RecipeOperation(kind: .notEqual, a: a, b: b)
            case .less: RecipeOperation(kind: .less, a: a, b: b)
            case .lessOrEqual: RecipeOperation(kind: .lessOrEqual, a: a, b: b)
            case .greater: RecipeOperation(kind: .less, a: b, b: a)
            case .greaterOrEqual: RecipeOperation(kind: .lessOrEqual, a: b, b: a)
            }
        let condition = Condition.register(try append(operation))
        return wanted == .yes ? condition : try inverse(condition)
    }

    /// Whether there is a value.
    private mutating func has(_ node: Int32) throws(Undecided) -> Bool {
        switch program.nodes[Int(node)] {
        case .attribute(let slot): return try attribute(slot) != .missing
        case .aliases(let start, let count):
            for index in start..<start + count
            where try attribute(program.aliasSlots[Int(index)]) != .missing {
                return true
            }
            return false
        case .field(let field): return try has(program.fields[Int(field)])
        case .number, .arithmetic, .sum, .map(_, _, 0, otherwise: -1): return try number(node) != .missing
        default: throw Undecided()
        }
    }

    /// Whether a value is compared as a number, whatever stands on the other side.
    private func isNumber(_ node: Int32) -> Bool {
        switch program.nodes[Int(node)] {
        case .number, .arithmetic, .sum: return true
        case .attribute(let slot):
            return slot < 64 && (facts.ints | facts.doubles) & 1 &<< UInt64(slot) != 0
        default: return false
        }
    }

    /// When both hold.
    mutating func both(_ left: Condition, _ right: Condition) throws(Undecided) -> Condition {
        switch (left, right) {
        case (.never, _), (_, .never): .never
        case (.always, let other), (let other, .always): other
        case (.register(let a), .register(let b)): .register(try append(.init(kind: .and, a: a, b: b)))
        }
    }

    private mutating func either(_ left: Condition, _ right: Condition) throws(Undecided) -> Condition {
        switch (left, right) {
        case (.always, _), (_, .always): .always
        case (.never, let other), (let other, .never): other
        case (.register(let a), .register(let b)): .register(try append(.init(kind: .or, a: a, b: b)))
        }
    }

    private mutating func inverse(_ condition: Condition) throws(Undecided) -> Condition {
        switch condition {
        case .never: .always
        case .always: .never
        case .register(let a): .register(try append(.init(kind: .not, a: a)))
        }
    }
}
