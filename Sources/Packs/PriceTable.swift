/// What model calls cost, as the configuration says; empty where it says nothing, and then no price is known.
package struct PriceTable: Sendable, Equatable {
    /// Which tokens a price is for.
    package enum Kind: String, CaseIterable, Sendable {
        case input
        case output
        case cacheRead = "cache_read"
        case cacheWrite = "cache_write"
    }

    /// The prices of the models that a glob names, in USD per million tokens.
    package struct Model: Sendable, Equatable {
        /// A glob with `*` for any characters.
        package let pattern: String
        package let input: Double
        package let output: Double
        /// Of input tokens that the provider had in its cache.
        package let cacheRead: Double
        /// Of input tokens that the provider put into its cache.
        package let cacheWrite: Double

        /// - Parameters:
        ///   - cacheRead: nil where it is the price of input.
        ///   - cacheWrite: nil where it is the price of input.
        package init(
            pattern: String, input: Double, output: Double, cacheRead: Double? = nil,
            cacheWrite: Double? = nil
        ) {
            self.pattern = pattern
            self.input = input
            self.output = output
            self.cacheRead = cacheRead ?? input
            self.cacheWrite = cacheWrite ?? input
        }

        func usdPerToken(of kind: Kind) -> Double {
            switch kind {
            case .input: input / 1_000_000
            case .output: output / 1_000_000
            case .cacheRead: cacheRead / 1_000_000
            case .cacheWrite: cacheWrite / 1_000_000
            }
        }
    }

    /// As the day the prices are of; empty where there are none.
    package let version: String
    /// Where the prices are from.
    package let source: String
    /// Of the first that matches a model counts.
    package let models: [Model]

    package init(version: String = "", source: String = "", models: [Model] = []) {
        self.version = version
        self.source = source
        self.models = models
    }
}
