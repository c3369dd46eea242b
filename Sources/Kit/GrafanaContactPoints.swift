import Configuration

/// Grafana's contact points: the receivers of `AlertReceivers`, with its words.
///
/// Credentials stand in the same files, which Grafana reads where a value says `$__file{PATH}`. Discord is told by the
/// address of its webhooks that takes what Slack takes, as Alertmanager tells it.
struct GrafanaContactPoints {
    let receivers: AlertReceivers

    private var settings: Settings.Kit.Alerting { receivers.settings }

    /// Contact points, and the templates that write their messages.
    var text: String {
        var yaml = YAMLText()
        yaml.line("apiVersion: 1", indent: 0)
        yaml.key("templates", indent: 0)
        yaml.line("- orgId: 1", indent: 2)
        yaml.pair("name", "spanmeter", indent: 4)
        yaml.pair("template", MessageTemplates.text, indent: 4)
        yaml.key("contactPoints", indent: 0)
        if let url = settings.heartbeatURL {
            point(AlertReceivers.heartbeat, to: &yaml)
            receiver("webhook", of: AlertReceivers.heartbeat, isResolvedTold: false, to: &yaml)
            value("url", url, to: &yaml)
        }
        for audience in receivers.audiences {
            let name = AlertReceivers.name("P0", audience)
            point(name, to: &yaml)
            page(of: name, to: &yaml)
            chat(audience, of: name, to: &yaml)
            email(audience, of: name, to: &yaml)
            let second = AlertReceivers.name("P1", audience)
            point(second, to: &yaml)
            chat(audience, of: second, to: &yaml)
            email(audience, of: second, to: &yaml)
            let third = AlertReceivers.name("P2", audience)
            point(third, to: &yaml)
            chat(audience, of: third, to: &yaml)
            let digest = AlertReceivers.name("P3", audience)
            point(digest, to: &yaml)
            switch settings.digest {
            case .chat: chat(audience, of: digest, to: &yaml)
            case .email: email(audience, of: digest, to: &yaml)
            }
        }
        return yaml.text
    }

    private func point(_ name: String, to yaml: inout YAMLText) {
        yaml.line("- orgId: 1", indent: 2)
        yaml.pair("name", name, indent: 4)
        yaml.key("receivers", indent: 4)
    }

    private func receiver(
        _ type: String, _ part: String? = nil, of name: String, isResolvedTold: Bool = true,
        to yaml: inout YAMLText
    ) {
        yaml.pair("- uid", "spanmeter-\(name)-\(part ?? type)", indent: 6)
        yaml.pair("type", type, indent: 8)
        yaml.line("disableResolveMessage: \(!isResolvedTold)", indent: 8)
        yaml.key("settings", indent: 8)
    }

    private func value(_ key: String, _ text: String, to yaml: inout YAMLText) {
        yaml.pair(key, GrafanaAlertingFiles.escaped(text), indent: 10)
    }

    private func secret(_ key: String, _ file: String, to yaml: inout YAMLText) {
        yaml.pair(key, "$__file{\(receivers.secret(file))}", indent: 10)
    }

    private func page(of name: String, to yaml: inout YAMLText) {
        switch settings.page {
        case .none: break
        case .webhook:
            webhook(settings.pageURL, "page", of: name, to: &yaml)
        case .pagerduty:
            receiver("pagerduty", of: name, to: &yaml)
            secret("integrationKey", "pagerduty_key", to: &yaml)
            value("severity", "critical", to: &yaml)
            value("summary", AlertReceivers.template("title"), to: &yaml)
            value("client", "spanmeter", to: &yaml)
        }
    }

    private func chat(_ audience: String, of name: String, to yaml: inout YAMLText) {
        guard settings.chat != .webhook else {
            webhook(receivers.named(settings.chatURL, audience), "chat", of: name, to: &yaml)
            return
        }
        receiver("slack", of: name, to: &yaml)
        secret("url", "chat_url_\(audience)", to: &yaml)
        if settings.chat == .slack {
            value("recipient", receivers.named(settings.channel, audience), to: &yaml)
        }
        value("title", AlertReceivers.template("title"), to: &yaml)
        value("text", AlertReceivers.template("text"), to: &yaml)
    }

    private func webhook(_ url: String, _ part: String, of name: String, to yaml: inout YAMLText) {
        receiver("webhook", part, of: name, to: &yaml)
        value("url", url, to: &yaml)
        value("authorization_scheme", "Bearer", to: &yaml)
        secret("authorization_credentials", "webhook_token", to: &yaml)
        value("title", AlertReceivers.template("title"), to: &yaml)
        value("message", AlertReceivers.template("text"), to: &yaml)
    }

    private func email(_ audience: String, of name: String, to yaml: inout YAMLText) {
        receiver("email", of: name, to: &yaml)
        value("addresses", receivers.named(settings.emailTo, audience), to: &yaml)
        value("subject", AlertReceivers.template("title"), to: &yaml)
        value("message", AlertReceivers.template("text"), to: &yaml)
    }
}
