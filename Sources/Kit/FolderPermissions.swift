/// The permissions of one folder, as Grafana lists them and wants them back.
///
/// Grafana replaces the whole list by what it is sent: whoever is not in it loses what they had. Changes are therefore
/// made to the list that is there, and never to one of our own.
package struct FolderPermissions: Sendable, Equatable {
    /// Whom a permission is given to.
    package enum Subject: Sendable, Hashable {
        /// `Viewer` or `Editor`. Administrators may do everything and need no permission.
        case role(String)
        /// The number of a team.
        case team(Int)
        /// The number of a user or of a service account.
        case user(Int)
    }

    /// A permission of somebody.
    package struct Item: Sendable, Equatable {
        package let subject: Subject
        package let level: FolderLevel

        package init(_ subject: Subject, _ level: FolderLevel) {
            self.subject = subject
            self.level = level
        }
    }

    /// What is different afterwards.
    package struct Change: Sendable, Equatable {
        package let subject: Subject
        /// nil where there was nothing.
        package let before: FolderLevel?
        /// nil where there is nothing any more.
        package let after: FolderLevel?

        package init(_ subject: Subject, before: FolderLevel?, after: FolderLevel?) {
            self.subject = subject
            self.before = before
            self.after = after
        }
    }

    /// Grafana's default for a folder that it makes.
    package static let ofNewFolder = FolderPermissions([
        Item(.role("Viewer"), .view), Item(.role("Editor"), .edit),
    ])

    /// In Grafana's order, then what was added.
    package private(set) var items: [Item]

    /// Permissions of the folder itself, without inherited ones.
    package init(_ items: [Item]) {
        self.items = items
    }

    /// Gives teams their levels, and takes the folder from roles that are not to see it; keeps everything else.
    ///
    /// - Returns: what changed; empty where everything was as it is to be.
    package mutating func apply(teams: [Int: FolderLevel], removesRoles: Bool) -> [Change] {
        var changes: [Change] = []
        if removesRoles {
            for item in items {
                guard case .role = item.subject else { continue }
                changes.append(Change(item.subject, before: item.level, after: nil))
            }
            items.removeAll { item in
                if case .role = item.subject { true } else { false }
            }
        }
        for (team, level) in teams.sorted(by: { $0.key < $1.key }) {
            let subject = Subject.team(team)
            if let index = items.firstIndex(where: { $0.subject == subject }) {
                let before = items[index].level
                guard before != level else { continue }
                items[index] = Item(subject, level)
                changes.append(Change(subject, before: before, after: level))
            } else {
                items.append(Item(subject, level))
                changes.append(Change(subject, before: nil, after: level))
            }
        }
        return changes
    }
}
