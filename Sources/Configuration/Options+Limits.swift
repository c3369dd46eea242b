extension Options {
    /// The limits: each has a default that one sidecar of a test run or an app never meets.
    package enum Limits {
        /// One request's body.
        package static let requestBytes = ConfigurationOption(
            "limits.request_bytes", default: ByteSize.mebibytes(64), in: .kibibytes(1) ... .gibibytes(1),
            "The largest request body after decompression; a larger one is refused (413, RESOURCE_EXHAUSTED)."
        )

        /// All bodies in memory.
        package static let inflightBytes = ConfigurationOption(
            "limits.inflight_bytes", default: ByteSize.mebibytes(256), in: .mebibytes(1) ... .gibibytes(64),
            "The request bodies in memory at once, in bytes; beyond it senders are told to come again "
                + "(429, UNAVAILABLE)."
        )

        /// Requests being decoded.
        package static let requestsPerCore = ConfigurationOption(
            "limits.requests_per_core", default: 16, in: 1...1_024,
            "The requests in decoding at once per core; beyond it senders are told to come again."
        )

        /// Open connections.
        package static let connections = ConfigurationOption(
            "limits.connections", default: 1_024, in: 1...65_536,
            "The open connections over all listeners; beyond it new ones are closed."
        )

        /// From a request's first byte to its last.
        package static let requestTimeout = ConfigurationOption(
            "limits.request_timeout", default: Duration.seconds(30), in: .seconds(1) ... .seconds(600),
            "How long a request may take to arrive in full."
        )

        /// Between requests.
        package static let idleTimeout = ConfigurationOption(
            "limits.idle_timeout", default: Duration.seconds(120), in: .seconds(1) ... .seconds(86_400),
            "How long a connection may stay open without a request."
        )

        /// One label value.
        package static let labelValueBytes = ConfigurationOption(
            "limits.label_value_bytes", default: 256, in: 16...4_096,
            "The longest label value in bytes; longer ones are cut at a character."
        )

        /// Values of one label.
        package static let valuesPerLabel = ConfigurationOption(
            "limits.values_per_label", default: 2_000, in: 1...1_000_000,
            "The values of one label of a meter; further ones become __overflow__."
        )

        /// Series of one meter.
        package static let seriesPerMeter = ConfigurationOption(
            "limits.series_per_meter", default: 20_000, in: 1...10_000_000,
            "The label combinations of one meter; further ones are counted in its overflow series."
        )

        /// Series of all meters.
        package static let series = ConfigurationOption(
            "limits.series", default: 200_000, in: 1...10_000_000,
            "The label combinations of all meters; further ones are counted in each meter's overflow series."
        )

        /// Cases without a result.
        package static let openCases = ConfigurationOption(
            "limits.open_cases", default: 100_000, in: 100...10_000_000,
            "The test cases that wait for their result at once; beyond it the oldest get theirs early."
        )

        /// Tests in the ledger.
        package static let tests = ConfigurationOption(
            "limits.tests", default: 200_000, in: 100...10_000_000,
            "The tests that are remembered; results of further ones are counted, but have no history."
        )
    }
}
