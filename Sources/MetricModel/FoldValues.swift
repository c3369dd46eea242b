/// What a span says to a fold by field: a list, because a hundred thousand of them are kept.
///
/// Inlinable, because folds look at it several times for each case.
@usableFromInline package struct FoldValues<Value: Sendable & Equatable>: Sendable, Equatable {
    @usableFromInline struct Pair: Sendable, Equatable {
        @usableFromInline let field: FoldField
        @usableFromInline var value: Value

        @inlinable init(field: FoldField, value: Value) {
            self.field = field
            self.value = value
        }
    }

    /// In the order of the fields' numbers.
    @usableFromInline var pairs: [Pair]

    @inlinable package init() { pairs = [] }

    /// The value of one field.
    @inlinable package init(_ field: FoldField, _ value: Value) { pairs = [Pair(field: field, value: value)] }

    @inlinable package subscript(field: FoldField) -> Value? {
        get {
            for index in pairs.indices where pairs[index].field == field { return pairs[index].value }
            return nil
        }
        set {
            var place = pairs.count
            while place > 0, pairs[place - 1].field.rawValue >= field.rawValue { place -= 1 }
            let isKnown = place < pairs.count && pairs[place].field == field
            if let newValue {
                if isKnown {
                    pairs[place].value = newValue
                } else {
                    pairs.insert(Pair(field: field, value: newValue), at: place)
                }
            } else if isKnown {
                pairs.remove(at: place)
            }
        }
    }

    /// Makes room for values of so many fields.
    @inlinable package mutating func reserveCapacity(_ count: Int) {
        if count > 0 { pairs.reserveCapacity(count) }
    }

    /// Says a field, as the subscript does.
    @inlinable package mutating func set(_ field: FoldField, _ value: Value) {
        if let last = pairs.last, last.field.rawValue >= field.rawValue {
            self[field] = value
        } else {
            pairs.append(Pair(field: field, value: value))
        }
    }

    @inlinable package var count: Int { pairs.count }

    /// Each field with its value, in the order of the fields' numbers.
    @inlinable package func forEach(_ body: (FoldField, Value) -> Void) {
        for pair in pairs { body(pair.field, pair.value) }
    }

    /// Takes over the fields that it does not have.
    @inlinable package mutating func fill(_ values: Self) {
        for pair in values.pairs where self[pair.field] == nil { self[pair.field] = pair.value }
    }
}

extension FoldValues: ExpressibleByDictionaryLiteral {
    @inlinable package init(dictionaryLiteral elements: (FoldField, Value)...) {
        self.init()
        for (field, value) in elements { self[field] = value }
    }
}
