import Configuration
import Kit

/// Brings folders, teams, permissions and boards in Grafana to what they are to be; does nothing twice.
struct GrafanaProvisioner: ~Copyable {
    var grafana: GrafanaClient
    /// Whether changes are only said.
    let isDryRun: Bool
    private(set) var changeCount = 0
    /// Boards that a file of Grafana's provisions.
    private(set) var leftAlone: [String] = []

    init(_ grafana: consuming GrafanaClient, isDryRun: Bool) {
        self.grafana = grafana
        self.isDryRun = isDryRun
    }

    /// Says a change that is made, or would be.
    mutating func note(_ done: String, _ planned: String, _ what: String) {
        changeCount += 1
        print(isDryRun ? "would \(planned) \(what)" : "\(done) \(what)")
    }

    mutating func leaveAlone(_ board: String) { leftAlone.append(board) }

    /// Makes the folder if there is none.
    ///
    /// - Returns: whether it is there, which is false only for one that a dry run would make.
    mutating func make(_ folder: GrafanaFolder) async throws -> Bool {
        let path = "/api/folders/\(folder.uid)"
        if try await grafana.get(path) != nil { return true }
        let name = "folder \(folder.title) (\(folder.uid))"
        if isDryRun {
            note("created", "create", name)
            return false
        }
        let body: JSONValue = ["uid": .text(folder.uid), "title": .text(folder.title)]
        let answer = try await grafana.post("/api/folders", body)
        if answer.status >= 400 {
            // Ours after all, where only the answer to an earlier try was lost, or somebody else was faster.
            guard try await grafana.get(path) != nil else {
                let message = answer.body["message"]?.text ?? ""
                throw CommandError(
                    .failure,
                    "cannot create \(name): \(answer.status), \(message); "
                        + "a folder of this title has another uid: rename or remove it")
            }
        }
        note("created", "create", name)
        return true
    }

    /// The numbers of teams by name; makes those that do not exist. What a dry run would make has one beyond all.
    mutating func teams(_ names: [String]) async throws -> [String: Int] {
        var teams: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if let number = try await number(ofTeam: name) {
                teams[name] = number
                continue
            }
            if isDryRun {
                note("created", "create", "team \(name), without members")
                teams[name] = (1 << 40) + index
                continue
            }
            let answer = try await grafana.post("/api/teams", ["name": .text(name)])
            var made = answer.body["teamId"]?.integer
            // A name that is taken: ours after all, where only the answer to an earlier try was lost.
            if made == nil { made = try await number(ofTeam: name) }
            guard let number = made else {
                throw GrafanaClient.refusal(answer, of: "POST /api/teams, for team '\(name)'")
            }
            note("created", "create", "team \(name), without members")
            teams[name] = number
        }
        return teams
    }

    private mutating func number(ofTeam name: String) async throws -> Int? {
        let found = try await grafana.get("/api/teams/search?perpage=100&page=1&name=\(name.asQueryValue)")
        let team = found?["teams"]?.items.first { $0["name"]?.text == name }
        return team?["id"]?.integer
    }

    /// Gives teams their permissions in a folder and keeps everybody else's.
    mutating func permit(
        _ levels: [String: FolderLevel], of teams: [String: Int], in folder: GrafanaFolder, exists: Bool,
        removesRoles: Bool
    ) async throws {
        if levels.isEmpty, !removesRoles { return }
        let path = "/api/folders/\(folder.uid)/permissions"
        var permissions = FolderPermissions.ofNewFolder
        if exists {
            guard let list = try await grafana.get(path) else {
                throw CommandError(.failure, "GET \(path): 404; the folder has just been removed")
            }
            permissions = try FolderPermissions(list, folder: folder)
        }
        var wanted: [Int: FolderLevel] = [:]
        var names: [Int: String] = [:]
        for (name, level) in levels {
            guard let number = teams[name] else { continue }
            wanted[number] = level
            names[number] = name
        }
        let changes = permissions.apply(teams: wanted, removesRoles: removesRoles)
        if changes.isEmpty { return }
        if !isDryRun {
            let answer = try await grafana.post(path, permissions.json)
            guard answer.status < 400 else { throw GrafanaClient.refusal(answer, of: "POST \(path)") }
        }
        for change in changes { say(change, in: folder, names) }
    }

    private mutating func say(
        _ change: FolderPermissions.Change, in folder: GrafanaFolder, _ names: [Int: String]
    ) {
        let who: String
        switch change.subject {
        case .role(let role): who = "role \(role)"
        case .team(let number): who = "team \(names[number] ?? String(number))"
        case .user(let number): who = "user \(number)"
        }
        let place = "in folder \(folder.title)"
        let earlier = change.before.map { " (so far: \($0.verb))" } ?? ""
        if let after = change.after {
            note("let", "let", "\(who) \(after.verb) \(place)\(earlier)")
        } else {
            note("let", "let", "\(who) do nothing \(place)\(earlier)")
        }
    }
}

extension FolderPermissions {
    /// Reads Grafana's list.
    ///
    /// - Throws: `CommandError` for a permission that would be lost because it is not understood.
    init(_ list: JSONValue, folder: GrafanaFolder) throws(CommandError) {
        var items: [Item] = []
        for entry in list.items where entry["inherited"]?.isTrue != true {
            let subject: Subject
            if let role = entry["role"]?.text, !role.isEmpty {
                // Grafana lists administrators, but takes no permission for them: they have all.
                if role == "Admin" { continue }
                subject = .role(role)
            } else if let team = entry["teamId"]?.integer, team > 0 {
                subject = .team(team)
            } else if let user = entry["userId"]?.integer, user > 0 {
                subject = .user(user)
            } else {
                throw Self.unknown(entry, folder)
            }
            guard let level = entry["permission"]?.integer.flatMap(FolderLevel.init(rawValue:)) else {
                throw Self.unknown(entry, folder)
            }
            items.append(Item(subject, level))
        }
        self.init(items)
    }

    private static func unknown(_ entry: JSONValue, _ folder: GrafanaFolder) -> CommandError {
        CommandError(
            .failure,
            "folder \(folder.title) has a permission that is not understood and would be lost: "
                + String(decoding: entry.bytes, as: UTF8.self).prefix(300))
    }

    /// As Grafana wants it.
    var json: JSONValue {
        let entries = items.map { item -> JSONValue in
            let level = JSONValue(integerLiteral: item.level.rawValue)
            return switch item.subject {
            case .role(let role): ["role": .text(role), "permission": level]
            case .team(let number): ["teamId": JSONValue(integerLiteral: number), "permission": level]
            case .user(let number): ["userId": JSONValue(integerLiteral: number), "permission": level]
            }
        }
        return ["items": .list(entries)]
    }
}

extension String {
    /// Percent-encoded but for letters, digits and `-._~` (RFC 3986, 2.3).
    fileprivate var asQueryValue: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: text.append(byte)
            default: text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
