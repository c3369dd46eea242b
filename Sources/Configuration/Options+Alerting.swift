extension Options {
    /// What `spanmeter generate` writes for Alertmanager.
    package enum Alerting {
        private static let standard = Settings.Kit.Alerting()

        /// Slack, Discord or a webhook.
        package static let chat = ConfigurationOption(
            "kit.alerting.chat", default: standard.chat,
            "What chat messages are sent by; the address of each audience's channel is the file chat_url_AUDIENCE "
                + "in kit.alerting.secrets (of Discord with /slack at its end), of webhook kit.alerting.chat_url."
        )

        /// PagerDuty, a webhook or nothing.
        package static let page = ConfigurationOption(
            "kit.alerting.page", default: standard.page,
            "What a P0 wakes somebody by, beside chat and e-mail; the key is the file pagerduty_key in "
                + "kit.alerting.secrets, of webhook the address is kit.alerting.page_url."
        )

        /// E-mail or chat.
        package static let digest = ConfigurationOption(
            "kit.alerting.digest", default: standard.digest,
            "What the daily digest of P3 is sent by."
        )

        /// The folder of credentials.
        package static let secrets = ConfigurationOption<String>(
            "kit.alerting.secrets", default: .constant(standard.secrets),
            "The folder, as Alertmanager sees it, of the files that hold credentials: chat_url_AUDIENCE, "
                + "pagerduty_key, smtp_password, webhook_token."
        )

        /// Slack's channel.
        package static let channel = ConfigurationOption<String>(
            "kit.alerting.channel", default: .constant(standard.channel),
            "The channel in Slack; {audience} is executive, qa, skills or sre."
        )

        /// The webhook of chat.
        package static let chatURL = ConfigurationOption<String>(
            "kit.alerting.chat_url", default: .constant(standard.chatURL),
            rangeText: addressText, isAllowed: isAddress,
            "Where chat goes that is a webhook, with the token of the file webhook_token; {audience} as above."
        )

        /// The webhook of pages.
        package static let pageURL = ConfigurationOption<String>(
            "kit.alerting.page_url", default: .constant(standard.pageURL),
            rangeText: addressText, isAllowed: isAddress,
            "Where pages go that are a webhook, with the token of the file webhook_token."
        )

        /// Who gets mail.
        package static let emailTo = ConfigurationOption<String>(
            "kit.alerting.email_to", default: .constant(standard.emailTo),
            rangeText: "an address such as alerts-{audience}@example.com",
            isAllowed: { $0.contains("@") },
            "Who gets the mail; {audience} is executive, qa, skills or sre."
        )

        /// Who sends mail.
        package static let emailFrom = ConfigurationOption<String>(
            "kit.alerting.email_from", default: .constant(standard.emailFrom),
            rangeText: "an address such as spanmeter@example.com",
            isAllowed: { $0.contains("@") },
            "Whom the mail is from."
        )

        /// The mail server.
        package static let smtp = ConfigurationOption<String>(
            "kit.alerting.smtp", default: .constant(standard.smtp),
            rangeText: "HOST:PORT",
            isAllowed: { $0.wholeMatch(of: /[^:\s]+:[0-9]{1,5}/) != nil },
            "The mail server."
        )

        /// Whom the mail server lets in.
        package static let smtpUser = ConfigurationOption<String>(
            "kit.alerting.smtp_user", default: .absent,
            "Whom the mail server knows; the password is the file smtp_password in kit.alerting.secrets."
        )

        /// Whether mail is encrypted.
        package static let smtpTLS = ConfigurationOption(
            "kit.alerting.smtp_tls", default: standard.smtpTLS, "Whether the mail server has to speak TLS.")

        /// The dead man's switch.
        package static let heartbeatURL = ConfigurationOption<String>(
            "kit.alerting.heartbeat_url", default: .absent,
            rangeText: addressText, isAllowed: isAddress,
            "Who misses the Watchdog when it stops; it gets Alertmanager's JSON every 5 minutes. Written into the "
                + "file as it is, because Alertmanager 0.25 reads no address of a webhook from a file."
        )

        /// When P2 is told.
        package static let workHours = ConfigurationOption(
            "kit.alerting.work_hours", default: standard.workHours,
            "When P2 is told, Monday to Friday, in time_zone; what comes at other times is told when they are over."
        )

        private static let addressText = "an address that begins with http:// or https://"

        private static let isAddress: @Sendable (String) -> Bool = {
            $0.hasPrefix("http://") || $0.hasPrefix("https://")
        }

        static let declarations: [OptionDeclaration] = [
            chat.declaration, page.declaration, digest.declaration, secrets.declaration,
            channel.declaration, chatURL.declaration, pageURL.declaration, emailTo.declaration,
            emailFrom.declaration, smtp.declaration, smtpUser.declaration, smtpTLS.declaration,
            heartbeatURL.declaration, workHours.declaration,
        ]
    }
}
