import MetricModel

/// What a span says to a fold by field: a list, because a hundred thousand of them are kept.
struct FoldValues<Value: Sendable & Equatable>: Sendable, Equatable {
    private struct Pair: Sendable, Equatable {
        let field: FoldField
        let value: Value
    }

    private var pairs: [Pair]

    init() { pairs = [] }

    init(_ values: [FoldField: Value]) {
        pairs = values.map { Pair(field: $0.key, value: $0.value) }
            .sorted { $0.field.rawValue < $1.field.rawValue }
    }

    subscript(field: FoldField) -> Value? {
        get { pairs.first { $0.field == field }?.value }
        set {
            pairs.removeAll { $0.field == field }
            guard let newValue else { return }
            pairs.append(Pair(field: field, value: newValue))
            pairs.sort { $0.field.rawValue < $1.field.rawValue }
        }
    }

    /// The fields in the order of their numbers.
    var all: [(field: FoldField, value: Value)] { pairs.map { ($0.field, $0.value) } }

    /// Takes over the fields that it does not have.
    mutating func fill(_ values: [FoldField: Value]) {
        for (field, value) in values where self[field] == nil { self[field] = value }
    }
}
