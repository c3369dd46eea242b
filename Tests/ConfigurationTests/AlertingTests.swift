import Configuration
import Testing

@Suite struct `Settings of alerting` {
    @Test func `are Slack, PagerDuty and mail where nothing is said`() throws {
        let alerting = try load().kit.alerting
        #expect(alerting == Settings.Kit.Alerting())
        #expect(alerting.chat == .slack && alerting.page == .pagerduty && alerting.digest == .email)
        #expect(alerting.workHours.configurationText == "09:00-18:00")
        #expect(alerting.heartbeatURL == nil && alerting.smtpUser == nil)
    }

    @Test func `are read from the file`() throws {
        let alerting = try load(
            file: """
                kit:
                  alerting:
                    chat: discord
                    page: none
                    digest: chat
                    secrets: /etc/secrets/
                    work_hours: 08:30-24:00
                    heartbeat_url: https://dead.example.com/1
                time_zone: Europe/Berlin
                """
        ).kit.alerting
        #expect(alerting.chat == .discord && alerting.page == .none && alerting.digest == .chat)
        #expect(alerting.secrets == "/etc/secrets")
        #expect(alerting.workHours.start == "08:30" && alerting.workHours.end == "24:00")
        #expect(alerting.timeZone == "Europe/Berlin")
        #expect(alerting.heartbeatURL == "https://dead.example.com/1")
    }

    @Test(arguments: ["18:00-09:00", "09:00-09:00", "9:00-18:00", "09:00-24:01", "09:60-18:00", "09:00", "x"])
    func `refuse hours that are none or cross midnight`(_ hours: String) throws {
        let found = try problems(environment: ["SPANMETER_KIT_ALERTING_WORK_HOURS": hours])
        #expect(found.count == 1)
        #expect(found.first?.contains("the later one last") == true)
    }

    @Test func `refuse what is no address and no such kind`() throws {
        let found = try problems(
            file: """
                kit: { alerting: { chat: teams, page_url: example.com, email_to: me, smtp: host } }
                time_zone: Europe/Bärlin
                """)
        #expect(found.count == 5)
        #expect(
            found.contains {
                $0.contains(
                    "time_zone is 'Europe/Bärlin'; wanted a name of the tz database such as Europe/Berlin")
            })
    }
}
