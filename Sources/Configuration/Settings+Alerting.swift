extension Settings.Kit {
    /// Whom Alertmanager tells, and by what; credentials are files that it reads.
    package struct Alerting: Sendable, Equatable {
        /// What a chat message is sent by.
        package enum Chat: String, ConfigurationValue, CaseIterable {
            /// Slack's incoming webhooks.
            case slack
            /// Discord's webhooks, by the form of theirs that takes what Slack takes.
            case discord
            /// Anything that takes Alertmanager's own JSON.
            case webhook
        }

        /// What wakes somebody.
        package enum Page: String, ConfigurationValue, CaseIterable {
            case pagerduty
            /// Anything that takes Alertmanager's own JSON.
            case webhook
            /// Chat and e-mail have to do.
            case none
        }

        /// What the digest of P3 is sent by.
        package enum Digest: String, ConfigurationValue, CaseIterable {
            case email
            case chat
        }

        package var chat = Chat.slack
        package var page = Page.pagerduty
        package var digest = Digest.email
        /// The folder of the credentials, as Alertmanager sees it.
        package var secrets = "/run/secrets"
        /// With `{audience}` for its name.
        package var channel = "#alerts-{audience}"
        /// Where chat goes that is a webhook; with `{audience}` for its name.
        package var chatURL = "http://localhost:8080/alerts/{audience}"
        /// Where pages go that are a webhook.
        package var pageURL = "http://localhost:8080/page"
        /// With `{audience}` for its name.
        package var emailTo = "alerts-{audience}@localhost"
        package var emailFrom = "spanmeter@localhost"
        /// Host and port of the mail server.
        package var smtp = "localhost:25"
        /// Whom the mail server lets in; nil where it asks nobody.
        package var smtpUser: String?
        /// Whether the mail server has to speak TLS.
        package var smtpTLS = true
        /// Who has to miss the Watchdog; nil where nobody does.
        package var heartbeatURL: String?
        package var workHours = WorkHours()
        /// The zone of the work hours, as the tz database names it.
        package var timeZone = "UTC"

        /// Where nothing is configured.
        package init() {}

        init?(_ resolver: inout SettingsResolver) {
            let chat = resolver.value(Options.Alerting.chat)
            let page = resolver.value(Options.Alerting.page)
            let digest = resolver.value(Options.Alerting.digest)
            let secrets = resolver.value(Options.Alerting.secrets)
            let channel = resolver.value(Options.Alerting.channel)
            let chatURL = resolver.value(Options.Alerting.chatURL)
            let pageURL = resolver.value(Options.Alerting.pageURL)
            let emailTo = resolver.value(Options.Alerting.emailTo)
            let emailFrom = resolver.value(Options.Alerting.emailFrom)
            let smtp = resolver.value(Options.Alerting.smtp)
            smtpUser = resolver.value(Options.Alerting.smtpUser)
            let smtpTLS = resolver.value(Options.Alerting.smtpTLS)
            heartbeatURL = resolver.value(Options.Alerting.heartbeatURL)
            let workHours = resolver.value(Options.Alerting.workHours)
            let timeZone = resolver.value(Options.timeZone)
            guard let chat, let page, let digest, let secrets, let channel, let chatURL, let pageURL,
                let emailTo, let emailFrom, let smtp, let smtpTLS, let workHours, let timeZone
            else { return nil }
            self.chat = chat
            self.page = page
            self.digest = digest
            self.secrets = Settings.Kit.withoutSlash(secrets)
            self.channel = channel
            self.chatURL = chatURL
            self.pageURL = pageURL
            self.emailTo = emailTo
            self.emailFrom = emailFrom
            self.smtp = smtp
            self.smtpTLS = smtpTLS
            self.workHours = workHours
            self.timeZone = timeZone
        }
    }
}
