extension Options {
    /// The final push by remote write; none without an address.
    package enum RemoteWrite {
        /// Where to.
        package static let url = ConfigurationOption<String>(
            "remote_write.url", default: .absent, secret: true,
            rangeText: "a URL such as http://prometheus:9090/api/v1/write",
            isAllowed: { $0.hasPrefix("http://") || $0.hasPrefix("https://") },
            "Where the final values are pushed to when spanmeter stops; not to be set for a Prometheus that also "
                + "scrapes it, which would count everything twice."
        )

        /// Credentials.
        package static let bearerToken = ConfigurationOption<String>(
            "remote_write.bearer_token", default: .absent, secret: true,
            "The token that is sent as Authorization: Bearer; better given as a variable or a file."
        )

        /// Credentials in a file.
        package static let bearerTokenFile = ConfigurationOption<FilePath>(
            "remote_write.bearer_token_file", default: .absent,
            "A file with that token, read when spanmeter pushes."
        )

        /// Further headers.
        package static let headers = ConfigurationOption<[String]>(
            "remote_write.headers", default: .computed(text: "none", wanted: "a list", { _ in [] }),
            secret: true,
            rangeText: "a list such as [\"X-Scope-OrgID: team\"]",
            isAllowed: { $0.allSatisfy { Settings.RemoteWrite.header($0) != nil } },
            "Headers that are sent with every push, each as NAME: VALUE."
        )

        /// Labels that a scrape would have added.
        package static let labels = ConfigurationOption<[String]>(
            "remote_write.labels", default: .constant(["job=spanmeter"]),
            rangeText: "a list such as [job=spanmeter, cluster=eu]",
            isAllowed: { $0.allSatisfy { Settings.RemoteWrite.label($0) != nil } },
            "Labels that every pushed series gets, each as NAME=VALUE; instance is the host's name unless it is "
                + "one of them."
        )

        /// One request.
        package static let timeout = ConfigurationOption(
            "remote_write.timeout", default: Duration.seconds(5), in: .milliseconds(100) ... .seconds(600),
            "How long one request of a push may take."
        )

        /// All of them.
        package static let deadline = ConfigurationOption(
            "remote_write.deadline", default: Duration.seconds(20), in: .seconds(1) ... .seconds(600),
            "How long a push may take in all, repetitions included."
        )
    }
}
