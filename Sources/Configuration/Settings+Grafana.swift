extension Settings {
    /// How `spanmeter provision` reaches Grafana, and who may do what there.
    package struct Grafana: Sendable, Equatable {
        /// The token itself, if it is configured; a secret.
        package var token: String?

        /// The file that has it, if one is named.
        package var tokenFile: FilePath?

        /// Whose certificates are trusted; nil for the system's authorities.
        package var certificateAuthorities: FilePath?

        /// Who may do what.
        package var teams: Teams

        /// What everybody else may.
        package var roles: RolePolicy

        /// The names of teams, none twice in one list.
        package struct Teams: Sendable, Equatable {
            /// May edit in every folder.
            package var releaseManagers: [String]

            /// May edit in every folder.
            package var engineeringLeads: [String]

            /// May edit in every folder.
            package var engineers: [String]

            /// May view what is decided by.
            package var communityLeads: [String]

            /// Describes teams.
            package init(
                releaseManagers: [String] = [], engineeringLeads: [String] = [], engineers: [String] = [],
                communityLeads: [String] = []
            ) {
                self.releaseManagers = releaseManagers
                self.engineeringLeads = engineeringLeads
                self.engineers = engineers
                self.communityLeads = communityLeads
            }
        }

        /// What the options say; nil where one of them is wrong.
        init?(_ resolver: inout SettingsResolver, base: (ValueOrigin) -> String?, home: String?) {
            let token = resolver.value(Options.Grafana.token)
            let tokenFile = resolver.value(Options.Grafana.tokenFile)
            let authorities = resolver.value(Options.Grafana.certificateAuthorities)
            let managers = resolver.value(Options.Grafana.releaseManagers)
            let leads = resolver.value(Options.Grafana.engineeringLeads)
            let engineers = resolver.value(Options.Grafana.engineers)
            let community = resolver.value(Options.Grafana.communityLeads)
            let roles = resolver.value(Options.Grafana.roles)
            if token != nil, tokenFile != nil {
                resolver.report(
                    resolver.origin(of: Options.Grafana.tokenFile),
                    "grafana.token and grafana.token_file are both set; wanted one of them")
            }
            guard let managers, let leads, let engineers, let community, let roles else { return nil }
            if roles == .remove, [managers, leads, engineers, community].allSatisfy(\.isEmpty) {
                resolver.report(
                    resolver.origin(of: Options.Grafana.roles),
                    "grafana.roles is 'remove' and grafana.teams names nobody; wanted a team, "
                        + "or only administrators would see the folders")
            }
            self.token = token
            self.tokenFile = tokenFile?.resolved(
                base: base(resolver.origin(of: Options.Grafana.tokenFile)), home: home)
            certificateAuthorities = authorities?.resolved(
                base: base(resolver.origin(of: Options.Grafana.certificateAuthorities)), home: home)
            teams = Teams(
                releaseManagers: managers, engineeringLeads: leads, engineers: engineers,
                communityLeads: community)
            self.roles = roles
        }
    }
}
