extension Options {
    /// What survives a crash and a restart, and how new series are shown.
    package enum Keeping {
        /// What an acknowledgement promises.
        package static let durability = ConfigurationOption(
            "durability", default: Durability.commit,
            "What an acknowledged span survives: commit, everything; relaxed, everything but the last "
                + "relaxed_window; off, nothing."
        )

        /// How much `relaxed` may lose.
        package static let relaxedWindow = ConfigurationOption(
            "relaxed_window", default: Duration.seconds(1), in: .milliseconds(10) ... .seconds(60),
            "With durability relaxed: the longest time between two commits, and so the most that a crash loses."
        )

        /// How long a new series shows 0.
        package static let zeroFirst = ConfigurationOption(
            "zero_first", default: OptionalDuration(.seconds(60)),
            "How long a new series shows 0 at most, until every scraper has seen the 0; off shows values at "
                + "once, and Prometheus then misses the first increment."
        )

        /// How long a series stays that does not change.
        package static let staleAfter = ConfigurationOption(
            "stale_after", default: Duration.seconds(86_400), in: .seconds(60) ... .seconds(31_536_000),
            "How long a series stays without a change; it goes when its last value was scraped, and comes "
                + "back as a new one."
        )

        /// How long span keys are kept.
        package static let dedupeWindow = ConfigurationOption(
            "dedupe.window", default: Duration.seconds(600), in: .seconds(1) ... .seconds(86_400),
            "How long a span is known, so that it does not count again when its batch is sent again."
        )

        /// How many span keys are kept.
        package static let dedupeSpans = ConfigurationOption(
            "dedupe.spans", default: 2_097_152, in: 4_096...2_097_152,
            "How many spans are known at most; rounded up to a power of two, about 24 bytes each."
        )

        /// How long a stop waits for scrapers.
        package static let linger = ConfigurationOption<Duration>(
            "linger", default: .constant(.seconds(45)), flag: true, rangeText: "0s to 1h",
            isAllowed: { (.zero ... .seconds(3_600)).contains($0) },
            "How long a stop waits for every known scraper to have the final values."
        )

        static let declarations: [OptionDeclaration] = [
            durability.declaration, relaxedWindow.declaration, zeroFirst.declaration, staleAfter.declaration,
            dedupeWindow.declaration, dedupeSpans.declaration, linger.declaration,
        ]
    }
}

/// What an acknowledged span survives.
package enum Durability: String, ConfigurationValue, CaseIterable {
    /// A crash of the process and of the machine: the answer waits for the disk.
    case commit

    /// The same, but for spans of the last moments, which nobody has seen in a scrape.
    case relaxed

    /// Nothing: counters begin at 0 with each start.
    case off
}

/// A duration, or `off`.
package struct OptionalDuration: ConfigurationValue, Equatable {
    /// Nil for `off`.
    package let duration: Duration?

    package static var placeholder: String { "DURATION|off" }

    /// This duration; nil for `off`.
    package init(_ duration: Duration?) { self.duration = duration }

    /// - Throws: `ValueProblem` for what is neither `off` nor a duration above 0.
    package init(configurationText text: String) throws(ValueProblem) {
        if text == "off" {
            duration = nil
            return
        }
        guard let value = try? Duration(configurationText: text), value > .zero else {
            throw ValueProblem(wanted: "off, or a duration such as 30s or 5m")
        }
        duration = value
    }

    package var configurationText: String { duration?.configurationText ?? "off" }
}
