extension Settings {
    /// Where skills are kept, so that their changes are known.
    package struct Skills: Sendable, Equatable {
        /// A directory of the repository.
        package var repository: FilePath

        /// Which files are skills.
        package var glob: String

        /// How often it is looked at.
        package var interval: Duration

        /// The file with what signs webhooks; nil where none are taken.
        package var webhookSecretFile: FilePath?
    }

    /// What the options say of it; nil without a repository.
    static func skills(
        _ resolver: inout SettingsResolver, base: (ValueOrigin) -> String?, home: String?
    ) -> Skills? {
        let repository = resolver.value(Options.Skills.repository)
        let glob = resolver.value(Options.Skills.glob)
        let interval = resolver.value(Options.Skills.interval)
        let secret = resolver.value(Options.Skills.webhookSecretFile)
        if secret != nil, repository == nil {
            resolver.report(
                resolver.origin(of: Options.Skills.webhookSecretFile),
                "skills.webhook_secret_file is set without skills.repository; wanted both")
        }
        guard let repository, let glob, let interval else { return nil }
        return Skills(
            repository: repository.resolved(
                base: base(resolver.origin(of: Options.Skills.repository)), home: home),
            glob: glob, interval: interval,
            webhookSecretFile: secret?.resolved(
                base: base(resolver.origin(of: Options.Skills.webhookSecretFile)), home: home))
    }
}
