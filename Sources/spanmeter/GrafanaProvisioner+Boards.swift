import Kit

extension GrafanaProvisioner {
    /// How often a board is looked at anew because somebody saved it meanwhile.
    private static let roundCountMax = 3

    /// Saves a board where Grafana has another one or none; leaves those alone that a file of Grafana's provisions.
    mutating func save(_ board: GeneratedFile, in folder: GrafanaFolder) async throws {
        guard let wanted = JSONValue(Array(board.text.utf8)), let uid = wanted["uid"]?.text,
            let title = wanted["title"]?.text
        else { throw CommandError(.failure, "\(board.path) is no board") }
        let name = "board \(title) (\(uid))"
        var sent: (done: String, planned: String, what: String)?
        for _ in 0..<Self.roundCountMax {
            let found = try await grafana.get("/api/dashboards/uid/\(uid)")
            let meta = found?["meta"]
            if meta?["provisioned"]?.isTrue == true {
                leaveAlone(title)
                return
            }
            let old = found?["dashboard"]
            let oldFolder = meta?["folderUid"]?.text ?? ""
            if let old, oldFolder == folder.uid, try await isSame(old, wanted, uid: uid) {
                // What we sent was saved, only the answer was lost.
                if let sent { note(sent.done, sent.planned, sent.what) }
                return
            }

            let moved = old != nil && oldFolder != folder.uid ? ", moved from folder '\(oldFolder)'" : ""
            let what = "\(name) in folder \(folder.title)\(moved)"
            let (done, planned) = old == nil ? ("created", "create") : ("updated", "update")
            if isDryRun {
                note(done, planned, what)
                return
            }
            sent = (done, planned, what)
            let answer = try await grafana.post("/api/dashboards/db", Self.message(wanted, over: old, folder))
            if answer.status < 400 {
                note(done, planned, what)
                return
            }
            // Somebody saved it between our look and our answer, or it is ours whose answer was lost: look again.
            guard answer.reason == "version-mismatch" || answer.status == 409 && old == nil else {
                var problem = "cannot save \(what): \(answer.status)"
                if let message = answer.body["message"]?.text { problem += ", \(message)" }
                if answer.reason == "name-exists" {
                    problem += "; a board of this title in that folder has another uid: rename or remove it"
                }
                throw CommandError(.failure, problem)
            }
        }
        throw CommandError(
            .failure, "cannot save \(name): somebody else saved it \(Self.roundCountMax) times meanwhile")
    }

    /// What is sent: the board with the number and the version that it replaces, so that nothing newer is overwritten.
    private static func message(
        _ wanted: JSONValue, over old: JSONValue?, _ folder: GrafanaFolder
    ) -> JSONValue {
        var board = wanted
        board["id"] = old?["id"] ?? .null
        board["version"] = old?["version"]
        return [
            "dashboard": board, "folderUid": .text(folder.uid), "overwrite": false,
            "message": .text(mark(wanted)),
        ]
    }

    /// Stands in the history of a board that we saved: by it a board is known that Grafana has rewritten in a newer form.
    private static func mark(_ wanted: JSONValue) -> String {
        "spanmeter provision, content \(wanted.fingerprint)"
    }

    /// Whether Grafana has that board: the same content, or the last version is what we made of the same content.
    private mutating func isSame(_ old: JSONValue, _ wanted: JSONValue, uid: String) async throws -> Bool {
        if old.content == wanted.content { return true }
        guard let history = try await grafana.get("/api/dashboards/uid/\(uid)/versions?limit=1") else {
            return false
        }
        // Newer ones wrap the list.
        let versions = history["versions"]?.items ?? history.items
        guard let last = versions.first else { return false }
        return last["message"]?.text == Self.mark(wanted) && last["version"] == old["version"]
    }
}

extension JSONValue {
    /// A board without what Grafana counts by itself.
    fileprivate var content: JSONValue {
        var content = self
        content["id"] = nil
        content["version"] = nil
        return content
    }
}
