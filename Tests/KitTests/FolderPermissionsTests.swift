import Configuration
import Kit
import Testing

@Suite struct FolderPermissionsTests {
    private typealias Item = FolderPermissions.Item

    private static let defaults = [Item(.role("Viewer"), .view), Item(.role("Editor"), .edit)]

    @Test func `teams are added to what is there, and nobody loses anything`() {
        var permissions = FolderPermissions(Self.defaults + [Item(.user(7), .admin), Item(.team(3), .view)])
        let changes = permissions.apply(teams: [9: .view, 3: .edit, 4: .edit], removesRoles: false)
        #expect(
            permissions.items == Self.defaults + [
                Item(.user(7), .admin), Item(.team(3), .edit), Item(.team(4), .edit), Item(.team(9), .view),
            ])
        #expect(
            changes == [
                FolderPermissions.Change(.team(3), before: .view, after: .edit),
                FolderPermissions.Change(.team(4), before: nil, after: .edit),
                FolderPermissions.Change(.team(9), before: nil, after: .view),
            ])
    }

    @Test func `what is as wanted stays, in its order`() {
        let items = [Item(.team(3), .edit)] + Self.defaults
        var permissions = FolderPermissions(items)
        #expect(permissions.apply(teams: [3: .edit], removesRoles: false) == [])
        #expect(permissions.items == items)
    }

    @Test func `roles go only where that is asked for, and users stay`() {
        var permissions = FolderPermissions(Self.defaults + [Item(.user(7), .view)])
        let changes = permissions.apply(teams: [1: .edit], removesRoles: true)
        #expect(permissions.items == [Item(.user(7), .view), Item(.team(1), .edit)])
        #expect(changes.count == 3)
        #expect(permissions.apply(teams: [1: .edit], removesRoles: true) == [])
    }

    @Test func `Grafana gives a new folder to viewers and editors`() {
        #expect(FolderPermissions.ofNewFolder.items == Self.defaults)
    }
}

@Suite struct FolderAccessTests {
    private let access = FolderAccess(
        Settings.Grafana.Teams(
            releaseManagers: ["release"], engineeringLeads: ["leads"], engineers: ["engineers", "both"],
            communityLeads: ["community", "both"]))

    @Test(
        arguments: [
            ("executive", FolderLevel.view), ("operations", .view), ("qa", nil), ("skills", nil),
            ("sre", nil),
            ("diagnostics", nil), ("agent", nil),
        ] as [(String, FolderLevel?)])
    func `builders edit in every folder, community leads view two`(folder: String, community: FolderLevel?) {
        var expected: [String: FolderLevel] = [
            "release": .edit, "leads": .edit, "engineers": .edit, "both": .edit,
        ]
        expected["community"] = community
        #expect(access.levels(in: GrafanaFolder(name: folder)) == expected)
    }

    @Test func `every team is named once`() {
        #expect(access.teamNames == ["both", "community", "engineers", "leads", "release"])
    }

    @Test func `a folder of Grafana has a fixed uid and a title for people`() {
        let folders = ["qa", "sre", "executive", "my-own"].map { GrafanaFolder(name: $0) }
        #expect(
            folders.map(\.uid) == [
                "spanmeter-qa", "spanmeter-sre", "spanmeter-executive", "spanmeter-my-own",
            ])
        #expect(folders.map(\.title) == ["QA", "SRE", "Executive", "My own"])
    }

    @Test(
        arguments: [
            ("Grafana/dashboards/qa/a.json", "qa"), ("Grafana/dashboards/qa/b/a.json", nil),
            ("PrometheusRules/dashboards/qa/a.json", nil),
        ] as [(String, String?)])
    func `a board's folder is that of its file`(path: String, name: String?) {
        #expect(GrafanaFolder(board: GeneratedFile(path: path, text: ""))?.name == name)
    }
}
