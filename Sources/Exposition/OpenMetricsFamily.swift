package import MetricModel

/// A family as OpenMetrics names it: without the suffix that its samples carry.
package struct OpenMetricsFamily: Sendable, Hashable {
    /// The types that we have, in OpenMetrics' words.
    package enum MetricType: String, Sendable {
        case counter, gauge, histogram, info, unknown

        /// Whether samples of this type may have `_created` beside them.
        var hasCreated: Bool { self == .counter || self == .histogram }
    }

    /// The name in TYPE, UNIT and HELP.
    package let name: String
    package let type: MetricType

    /// The unit that the name ends with, if it is one.
    package var unit: String? { type == .info ? nil : MetricUnit.suffix(of: name) }

    /// The family of the samples `fullName`.
    ///
    /// A counter whose name does not end in `_total` cannot be a counter here, nor an info without `_info`: the one
    /// becomes `unknown`, the other a gauge, and both keep their names.
    package init(fullName: String, kind: MetricFamily.Kind, isInfo: Bool) {
        switch kind {
        case .counter:
            let base = fullName.removing("_total")
            self.init(name: base ?? fullName, type: base == nil ? .unknown : .counter)
        case .gauge:
            let base = isInfo ? fullName.removing("_info") : nil
            self.init(name: base ?? fullName, type: base == nil ? .gauge : .info)
        case .histogram: self.init(name: fullName, type: .histogram)
        }
    }

    private init(name: String, type: MetricType) {
        self.name = name
        self.type = type
    }

    /// The families of a catalog, in its order.
    ///
    /// A name without its suffix may be another family's (`jobs_total` beside a histogram `jobs`), or that of one of
    /// its samples, which is not allowed. The counter or info then keeps its whole name, as `unknown` or as a gauge.
    ///
    /// - Parameter others: names of families that the same page has from elsewhere.
    package static func families(
        of catalog: MetricCatalog, taken others: Set<String> = []
    ) -> [OpenMetricsFamily] {
        let wanted = catalog.families.map { family in
            OpenMetricsFamily(
                fullName: family.name.text, kind: family.kind,
                isInfo: family.sources.allSatisfy {
                    catalog.tables[$0.table].instruments[$0.instrument].kind == .info
                }
            )
        }
        // Whole names first: they cannot give way.
        var taken = others
        for (family, described) in zip(catalog.families, wanted) where described.name == family.name.text {
            taken.formUnion(described.reservedNames)
        }
        return zip(catalog.families, wanted).map { family, described in
            if described.name == family.name.text { return described }
            let names = described.reservedNames
            if taken.isDisjoint(with: names) {
                taken.formUnion(names)
                return described
            }
            taken.insert(family.name.text)
            return OpenMetricsFamily(
                name: family.name.text, type: described.type == .counter ? .unknown : .gauge)
        }
    }

    /// The family's own name and those that its samples may have.
    private var reservedNames: Set<String> {
        let suffixes =
            switch type {
            case .counter: ["", "_total", "_created"]
            case .histogram: ["", "_bucket", "_sum", "_count", "_created"]
            case .info: ["", "_info"]
            case .gauge, .unknown: [""]
            }
        return Set(suffixes.map { name + $0 })
    }
}

/// Units that a metric's name may end with.
enum MetricUnit {
    /// OpenMetrics' base units that we use, and the currency of costs.
    private static let names = ["seconds", "bytes", "usd"]

    /// The unit at the end of a family's name, if it is one; the name has something before it.
    static func suffix(of name: String) -> String? {
        names.first { name.hasSuffix("_" + $0) && name.utf8.count > $0.utf8.count + 1 }
    }
}

extension String {
    /// The text without `suffix`; nil where it does not end so or nothing would be left.
    fileprivate func removing(_ suffix: String) -> String? {
        hasSuffix(suffix) && utf8.count > suffix.utf8.count ? String(dropLast(suffix.count)) : nil
    }
}
