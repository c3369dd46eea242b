package import Configuration

/// What somebody may do in a folder; the numbers are those of Grafana's interface.
package enum FolderLevel: Int, Sendable, Comparable {
    case view = 1
    case edit = 2
    case admin = 4

    package static func < (left: FolderLevel, right: FolderLevel) -> Bool { left.rawValue < right.rawValue }

    /// As a message says it: `may view`.
    package var verb: String {
        switch self {
        case .view: "view"
        case .edit: "edit"
        case .admin: "administer"
        }
    }
}

/// Who may do what in the folders: those who build edit everywhere, those who only decide view what is decided by.
package struct FolderAccess: Sendable {
    /// What community leads may view.
    private static let communityFolders: Set = ["executive", "operations"]

    private let teams: Settings.Grafana.Teams

    /// The access that `teams` are to have.
    package init(_ teams: Settings.Grafana.Teams) {
        self.teams = teams
    }

    /// The names of all teams, sorted, each once.
    package var teamNames: [String] { Set(builders + teams.communityLeads).sorted() }

    /// What the teams are to have in `folder`; who has two roles gets the better one.
    package func levels(in folder: GrafanaFolder) -> [String: FolderLevel] {
        var levels: [String: FolderLevel] = [:]
        if Self.communityFolders.contains(folder.name) {
            for team in teams.communityLeads { levels[team] = .view }
        }
        for team in builders { levels[team] = .edit }
        return levels
    }

    private var builders: [String] { teams.releaseManagers + teams.engineeringLeads + teams.engineers }
}
