import Configuration
import Testing

@Suite struct GrafanaTests {
    @Test func `nobody is named and nobody loses anything where nothing is said`() throws {
        let grafana = try load().grafana
        #expect(grafana.teams == Settings.Grafana.Teams())
        #expect(grafana.roles == .keep)
        #expect(grafana.token == nil && grafana.tokenFile == nil && grafana.certificateAuthorities == nil)
    }

    @Test func `teams have names with blanks, and files lie beside the configuration`() throws {
        let file = """
            grafana:
              token_file: token
              ca_file: /etc/ca.pem
              teams: { engineers: [Back end, Front end], community_leads: Community }
              roles: remove
            """
        let grafana = try load(file: file).grafana
        #expect(grafana.teams.engineers == ["Back end", "Front end"])
        #expect(grafana.teams.communityLeads == ["Community"])
        #expect(grafana.tokenFile?.text.hasSuffix("token") == true)
        #expect(grafana.certificateAuthorities?.text == "/etc/ca.pem")
        #expect(grafana.roles == .remove)
    }

    @Test func `the token is shown nowhere`() throws {
        let settings = try load(environment: ["SPANMETER_GRAFANA_TOKEN": "hush"])
        #expect(settings.grafana.token == "hush")
        #expect(settings.effective.contains { $0.key == "grafana.token" && $0.text == "(secret)" })
    }

    @Test func `two tokens are one too many`() throws {
        let found = try problems(environment: [
            "SPANMETER_GRAFANA_TOKEN": "hush", "SPANMETER_GRAFANA_TOKEN_FILE": "file",
        ])
        #expect(
            found == [
                "SPANMETER_GRAFANA_TOKEN_FILE: grafana.token and grafana.token_file are both set; "
                    + "wanted one of them"
            ])
    }

    @Test func `taking the folders from everybody is a mistake`() throws {
        #expect(
            try problems(environment: ["SPANMETER_GRAFANA_ROLES": "remove"]) == [
                "SPANMETER_GRAFANA_ROLES: grafana.roles is 'remove' and grafana.teams names nobody; "
                    + "wanted a team, or only administrators would see the folders"
            ])
    }
}
