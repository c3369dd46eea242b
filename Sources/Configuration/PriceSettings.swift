/// What stands below `prices`: what model calls cost, and since when, by whom.
package struct PriceSettings: Sendable, Equatable {
    /// The prices of the models that a glob names, in USD per million tokens; zero or more, finite.
    package struct Model: Sendable, Equatable {
        /// A glob with `*` for any characters.
        package var pattern: String
        package var input: Double
        package var output: Double
        /// Of input tokens read from the provider's cache; nil where it is the price of input.
        package var cacheRead: Double?
        /// Of input tokens written to the provider's cache; nil where it is the price of input.
        package var cacheWrite: Double?
    }

    /// What the table is called, as the day it is of; empty for no table.
    package var version = ""

    /// Where the prices are from.
    package var source = ""

    /// In file order; of the first that matches a model counts.
    package var models: [Model] = []

    /// No prices.
    package init() {}
}
