extension Options {
    /// What `spanmeter provision` does with folders, teams and boards in Grafana.
    package enum Grafana {
        /// Credentials.
        package static let token = ConfigurationOption<String>(
            "grafana.token", default: .absent, secret: true,
            "The token of a service account of Grafana with the role Admin, for 'spanmeter provision'; better "
                + "given as a variable or a file."
        )

        /// Credentials in a file.
        package static let tokenFile = ConfigurationOption<FilePath>(
            "grafana.token_file", default: .absent,
            "A file with that token, or, with --user, with the user's password."
        )

        /// Whom to trust.
        package static let certificateAuthorities = ConfigurationOption<FilePath>(
            "grafana.ca_file", default: .absent,
            "A file of certificates in PEM that Grafana's own is checked against; without it the system's."
        )

        /// Who sees and edits everything.
        package static let releaseManagers = team("release_managers", "who may edit in every folder")

        /// Who sees and edits everything.
        package static let engineeringLeads = team("engineering_leads", "who may edit in every folder")

        /// Who sees and edits everything.
        package static let engineers = team("engineers", "who may edit in every folder")

        /// Who sees what is decided by.
        package static let communityLeads = team(
            "community_leads", "who may view the folders executive and operations")

        /// What becomes of everybody else.
        package static let roles = ConfigurationOption(
            "grafana.roles", default: RolePolicy.keep,
            "What the roles Viewer and Editor may do in the folders: keep, what they may already; remove, "
                + "nothing, so that only teams see them."
        )

        private static func team(_ role: String, _ who: String) -> ConfigurationOption<[String]> {
            ConfigurationOption(
                "grafana.teams.\(role)", default: .computed(text: "none", wanted: "a list", { _ in [] }),
                "The teams in Grafana \(who), by name; a team that does not exist is made."
            )
        }

        static let declarations: [OptionDeclaration] = [
            token.declaration, tokenFile.declaration, certificateAuthorities.declaration,
            releaseManagers.declaration, engineeringLeads.declaration, engineers.declaration,
            communityLeads.declaration, roles.declaration,
        ]
    }
}

/// What the roles Viewer and Editor may do in the folders of spanmeter.
package enum RolePolicy: String, ConfigurationValue, CaseIterable {
    /// What they may already.
    case keep

    /// Nothing.
    case remove
}
