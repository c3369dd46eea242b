/// A selector, with what stands around it.
package struct SelectorUse: Sendable {
    package let selector: VectorSelector
    /// Nil: an instant selector.
    package let range: PromQLDuration?
    /// Where it stands in the text, in bytes of UTF-8.
    package let place: Range<Int>
    /// Everything that it stands in, the outermost first.
    package let enclosing: [PromQLExpression]

    /// The innermost function around it.
    package var function: FunctionCall? {
        enclosing.reversed().lazy.compactMap { expression in
            if case .call(let call) = expression.node { call } else { nil }
        }.first
    }

    /// The innermost aggregation around it.
    package var aggregation: Aggregation? {
        enclosing.reversed().lazy.compactMap { expression in
            if case .aggregation(let aggregation) = expression.node { aggregation } else { nil }
        }.first
    }
}

extension PromQLExpression {
    /// This expression and everything below it, in the order of the text, the outer before the inner.
    package var descendants: [PromQLExpression] { [self] + children.flatMap(\.descendants) }

    /// Every selector in it, in the order of the text.
    package var selectorUses: [SelectorUse] { selectorUses(in: []) }

    private func selectorUses(in enclosing: [PromQLExpression]) -> [SelectorUse] {
        switch node {
        case .selector(let selector):
            [SelectorUse(selector: selector, range: nil, place: range, enclosing: enclosing)]
        case .range(let selector, let length):
            [SelectorUse(selector: selector, range: length, place: range, enclosing: enclosing)]
        default: children.flatMap { $0.selectorUses(in: enclosing + [self]) }
        }
    }

    /// The metrics whose names are certain. A selector without one, such as `{__name__=~"a|b"}`, has a
    /// ``VectorSelector/metric`` of nil among the ``selectorUses``.
    package var metricNames: Set<String> { Set(selectorUses.compactMap(\.selector.metric)) }
}
