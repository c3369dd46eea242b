import Configuration
import Packs

/// The receivers of Alertmanager: one for each priority and audience, with what it tells them by.
///
/// All of it is in the form that Alertmanager 0.25 reads: credentials stand in files, and Discord is told by the
/// address of its webhooks that takes what Slack takes, because 0.25 reads no other address of Discord from a file.
struct AlertReceivers {
    let settings: Settings.Kit.Alerting
    let audiences: [String]

    init(_ catalog: KitCatalog, _ settings: Settings.Kit) {
        self.settings = settings.alerting
        let expansion = Expansion(catalog, scope: settings.scope)
        let told = RuleGroups.alerts(catalog, expansion).flatMap(\.rules).map(\.audience)
        audiences = Set(told).union(["executive", "qa", "skills", "sre"]).sorted()
    }

    /// `p0-qa`
    static func name(_ severity: String, _ audience: String) -> String {
        "\(severity.lowercased())-\(audience)"
    }

    /// Who gets the Watchdog.
    static let heartbeat = "heartbeat"

    /// Writes all of them.
    func write(to yaml: inout YAMLText) {
        yaml.key("receivers", indent: 0)
        yaml.pair("- name", Self.heartbeat, indent: 2)
        if let url = settings.heartbeatURL {
            yaml.key("webhook_configs", indent: 4)
            yaml.pair("- url", url, indent: 6)
            yaml.line("send_resolved: false", indent: 8)
        }
        for audience in audiences {
            yaml.pair("- name", Self.name("P0", audience), indent: 2)
            page(to: &yaml)
            chat(audience, withPage: true, to: &yaml)
            email(audience, to: &yaml)
            yaml.pair("- name", Self.name("P1", audience), indent: 2)
            chat(audience, withPage: false, to: &yaml)
            email(audience, to: &yaml)
            yaml.pair("- name", Self.name("P2", audience), indent: 2)
            chat(audience, withPage: false, to: &yaml)
            yaml.pair("- name", Self.name("P3", audience), indent: 2)
            switch settings.digest {
            case .chat: chat(audience, withPage: false, to: &yaml)
            case .email: email(audience, to: &yaml)
            }
        }
    }

    private func page(to yaml: inout YAMLText) {
        switch settings.page {
        case .none: break
        case .webhook:
            yaml.key("webhook_configs", indent: 4)
            webhook(settings.pageURL, to: &yaml)
        case .pagerduty:
            yaml.key("pagerduty_configs", indent: 4)
            yaml.pair("- routing_key_file", secret("pagerduty_key"), indent: 6)
            yaml.line("send_resolved: true", indent: 8)
            yaml.pair("severity", "critical", indent: 8)
            yaml.pair("description", Self.template("title"), indent: 8)
            yaml.pair("client", "spanmeter", indent: 8)
            yaml.key("details", indent: 8)
            yaml.pair("text", Self.template("text"), indent: 10)
        }
    }

    private func chat(_ audience: String, withPage: Bool, to yaml: inout YAMLText) {
        guard settings.chat != .webhook else {
            if !withPage || settings.page != .webhook { yaml.key("webhook_configs", indent: 4) }
            webhook(named(settings.chatURL, audience), to: &yaml)
            return
        }
        yaml.key("slack_configs", indent: 4)
        yaml.pair("- api_url_file", secret("chat_url_\(audience)"), indent: 6)
        if settings.chat == .slack {
            yaml.pair("channel", named(settings.channel, audience), indent: 8)
        }
        yaml.line("send_resolved: true", indent: 8)
        yaml.pair("color", Self.template("colour"), indent: 8)
        yaml.pair("title", Self.template("title"), indent: 8)
        yaml.pair("title_link", Self.template("link"), indent: 8)
        yaml.pair("fallback", Self.template("title"), indent: 8)
        yaml.pair("text", Self.template("text"), indent: 8)
    }

    private func webhook(_ url: String, to yaml: inout YAMLText) {
        yaml.pair("- url", url, indent: 6)
        yaml.line("send_resolved: true", indent: 8)
        yaml.key("http_config", indent: 8)
        yaml.key("authorization", indent: 10)
        yaml.pair("credentials_file", secret("webhook_token"), indent: 12)
    }

    private func email(_ audience: String, to yaml: inout YAMLText) {
        yaml.key("email_configs", indent: 4)
        yaml.pair("- to", named(settings.emailTo, audience), indent: 6)
        yaml.line("send_resolved: true", indent: 8)
        yaml.key("headers", indent: 8)
        yaml.pair("Subject", Self.template("title"), indent: 10)
        yaml.pair("html", Self.template("html"), indent: 8)
        yaml.pair("text", Self.template("text"), indent: 8)
    }

    /// The path of a file with a credential.
    func secret(_ name: String) -> String { "\(settings.secrets)/\(name)" }

    /// With an audience's name filled in.
    func named(_ text: String, _ audience: String) -> String {
        text.replacing("{audience}", with: audience)
    }

    /// What writes a part of a message, as both Alertmanager and Grafana read it.
    static func template(_ name: String) -> String { "{{ template \"spanmeter.\(name)\" . }}" }
}
