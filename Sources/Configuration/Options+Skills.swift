extension Options {
    /// Where skills are kept, so that their changes are known; nothing without a repository.
    package enum Skills {
        /// The repository.
        package static let repository = ConfigurationOption<FilePath>(
            "skills.repository", default: .absent,
            "A directory of the git repository whose skills are watched; files below it count, as they are in what "
                + "is checked out."
        )

        /// Its skills' files.
        package static let glob = ConfigurationOption<String>(
            "skills.glob", default: .constant("**/SKILL.md"), rangeText: "text of 1 to 1024 bytes",
            isAllowed: { (1...1_024).contains($0.utf8.count) },
            "The files that are skills, as git's globs: **/ is any number of directories."
        )

        /// How often it is looked at.
        package static let interval = ConfigurationOption(
            "skills.interval", default: Duration.seconds(60), in: .seconds(1) ... .seconds(86_400),
            "How often the repository is looked at."
        )

        /// For skills of which nobody sends spans.
        package static let service = ConfigurationOption<String>(
            "skills.service", default: .constant("skills"), rangeText: "text of 1 to 256 bytes",
            isAllowed: { (1...256).contains($0.utf8.count) },
            "The label service of changes of a skill of which no service has sent spans."
        )

        /// What signs deliveries.
        package static let webhookSecretFile = ConfigurationOption<FilePath>(
            "skills.webhook_secret_file", default: .absent,
            "A file with the secret of a GitHub webhook, read at the start; with it, signed pushes to "
                + "/webhooks/github on the metrics port have the repository looked at at once."
        )

        static let declarations: [OptionDeclaration] = [
            repository.declaration, glob.declaration, interval.declaration, service.declaration,
            webhookSecretFile.declaration,
        ]
    }
}
