import ArgumentParser
import Configuration
import Delivery
import Kit
import Packs

/// `spanmeter provision`: folders, permissions and boards over Grafana's HTTP interface.
struct ProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision",
        abstract: "Bring folders, permissions and boards into a Grafana.",
        discussion: """
            For a Grafana that does not read the files of Grafana/provisioning, and for permissions, which no file \
            can give. Running it again changes only what differs; a board that somebody has edited is overwritten, \
            one that a file provisions is left alone.

            It needs a service account with the role Admin (in Grafana: Administration, Users and access, Service \
            accounts) and its token, in the variable SPANMETER_GRAFANA_TOKEN or in a file:

              spanmeter provision --token-file token --dry-run
              spanmeter provision --grafana https://g.example --ca ca.pem
              spanmeter provision --user admin --token-file password

            Who may do what is said in the configuration by the names of teams; teams that do not exist are made, \
            without members:

              grafana:
                teams:
                  release_managers: [Release]    # edit in every folder,
                  engineering_leads: [Leads]     # as these
                  engineers: [Engineers]         # and these
                  community_leads: [Community]   # view executive, operations
                roles: remove                    # default: keep

            With 'roles: remove' the roles Viewer and Editor see nothing of the folders, only teams do. All other \
            permissions in the folders stay as they are, and teams that are no longer named keep theirs. Explore \
            and raw data follow the role in the organisation: whoever shall not have them must be a Viewer there.

            Exit codes: 0 everything is as wanted, 1 Grafana refused something or was not there, 2 wrong usage.
            """
    )

    @Option(
        help: ArgumentHelp("Grafana's address; without it kit.grafana_url.", valueName: "URL"))
    var grafana: String?

    @Option(
        help: ArgumentHelp(
            "A file with the token, or with the password of --user; without it the variable "
                + "SPANMETER_GRAFANA_TOKEN or the configuration.", valueName: "FILE"))
    var tokenFile: String?

    @Option(help: ArgumentHelp("A user instead of a service account.", valueName: "NAME"))
    var user: String?

    @Option(
        help: ArgumentHelp(
            "Certificates in PEM that Grafana's own is checked against; without it grafana.ca_file, else the "
                + "system's.", valueName: "FILE"))
    var ca: String?

    @Flag(help: "Say what would be changed, and change nothing.")
    var dryRun = false

    @OptionGroup var file: ConfigurationFileFlag

    func validate() throws {
        if let grafana, !grafana.hasPrefix("http://"), !grafana.hasPrefix("https://") {
            throw ValidationError(
                "--grafana is '\(grafana)'; wanted an address such as http://localhost:3000")
        }
        if let user, user.isEmpty || user.contains(":") {
            throw ValidationError("--user is '\(user)'; wanted the name of a user, without a colon")
        }
    }

    func run() async throws {
        let settings = try file.settings()
        let packs = try LoadedPacks.all(settings)
        let url = (grafana ?? settings.kit.grafanaURL).withoutSlashes
        let credentials = try credentials(settings.grafana)
        let authorities = ca ?? settings.grafana.certificateAuthorities?.text
        if let authorities, try contents(of: authorities) == nil {
            throw CommandError(.usage, "cannot read certificates: \(authorities) does not exist")
        }
        if url.isUnprotected {
            StandardError.print("spanmeter: warning: \(url) gets the credentials unencrypted")
        }
        let client = try GrafanaClient(url: url, credentials: credentials, authorities: authorities)
        var provisioner = GrafanaProvisioner(client, isDryRun: dryRun)
        let folders = Kit.folders(packs: packs)
        let boards = Kit.boards(packs: packs)
        do {
            try await provision(&provisioner, folders, boards, settings.grafana)
        } catch {
            if provisioner.changeCount > 0, !dryRun {
                let count = Self.counted(provisioner.changeCount, "change")
                print("stopped after \(count); the same command does the rest")
            }
            throw error
        }
        print(
            Self.summary(
                changeCount: provisioner.changeCount, leftAlone: provisioner.leftAlone, isDryRun: dryRun,
                folderCount: folders.count, boardCount: boards.count))
    }

    private func provision(
        _ provisioner: inout GrafanaProvisioner, _ folders: [GrafanaFolder], _ boards: [GeneratedFile],
        _ settings: Settings.Grafana
    ) async throws {
        let access = FolderAccess(settings.teams)
        let teams = try await provisioner.teams(access.teamNames)
        for folder in folders {
            let exists = try await provisioner.make(folder)
            // Before any board is in it: nobody sees what they shall not, not even for a moment.
            try await provisioner.permit(
                access.levels(in: folder), of: teams, in: folder, exists: exists,
                removesRoles: settings.roles == .remove)
            for board in boards where GrafanaFolder(board: board) == folder {
                try await provisioner.save(board, in: folder)
            }
        }
        if teams.isEmpty {
            print("permissions stay as they are: grafana.teams names no team")
        }
    }

    static func summary(
        changeCount: Int, leftAlone: [String], isDryRun: Bool, folderCount: Int, boardCount: Int
    ) -> String {
        var text = ""
        if !leftAlone.isEmpty {
            text = "left alone, because a file provisions them: \(leftAlone.joined(separator: ", "))\n"
        }
        let counts = "\(counted(folderCount, "folder")) and \(counted(boardCount, "board"))"
        if changeCount == 0 { return text + "nothing to do: \(counts) are as wanted" }
        let changes = counted(changeCount, "change")
        return text + (isDryRun ? "\(changes) to make; nothing was changed" : "made \(changes)")
    }

    private static func counted(_ count: Int, _ word: String) -> String {
        "\(count) \(word)" + (count == 1 ? "" : "s")
    }

    private func credentials(_ settings: Settings.Grafana) throws(CommandError) -> GrafanaClient.Credentials {
        let path = tokenFile ?? (settings.token == nil ? settings.tokenFile?.text : nil)
        let secret = try path.map { path throws(CommandError) in try self.secret(in: path) } ?? settings.token
        guard let secret else {
            throw CommandError(
                .usage,
                "no token for Grafana: wanted the variable \(Options.Grafana.token.declaration.variable), or "
                    + "--token-file with a file that has it")
        }
        return user.map { .user($0, password: secret) } ?? .token(secret)
    }

    /// The first line of a file, without blanks around it.
    private func secret(in path: String) throws(CommandError) -> String {
        guard let text = try contents(of: path) else {
            throw CommandError(.usage, "cannot read the token: \(path) does not exist")
        }
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let word = line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        guard !word.isEmpty else {
            throw CommandError(.usage, "cannot read the token: \(path) is empty")
        }
        return word
    }

    private func contents(of path: String) throws(CommandError) -> String? {
        do {
            return try FileContents.text(at: path)
        } catch {
            throw CommandError(.usage, "cannot read \(path): \(error)", cause: error)
        }
    }
}

extension String {
    fileprivate var withoutSlashes: String {
        var text = self[...]
        while text.hasSuffix("/") { text = text.dropLast() }
        return String(text)
    }

    /// Whether it is an address of another machine without TLS.
    fileprivate var isUnprotected: Bool {
        guard hasPrefix("http://") else { return false }
        let host = dropFirst("http://".count)
        return !["localhost", "127.", "[::1]"].contains { host.hasPrefix($0) }
    }
}
