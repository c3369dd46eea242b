/// What one pack says of a board: its head, or only rows for a board whose head another pack has.
package struct BoardDescription: Sendable, Equatable {
    /// What a board is; exactly one pack says it.
    package struct Head: Sendable, Equatable {
        package let title: String
        package let folder: String
        /// What it shows first: `7d`.
        package let range: String
        package let refresh: String
        package let text: String
        package let tags: [String]
        /// The metric whose `environment` and `service` may be chosen.
        package let services: String
    }

    /// A choice at the top of a board besides data source, environment and service.
    package struct Variable: Sendable, Equatable {
        package enum Values: Sendable, Equatable {
            /// The values of `label` of the series of a selector.
            case of(selector: String, label: String)
            /// A fixed list.
            case list([String])
        }

        package let name: String
        package let title: String
        package let values: Values
        /// Whether one value is chosen, and not any number of them.
        package let isSingle: Bool
    }

    /// Marks on the time axis.
    package struct Annotation: Sendable, Equatable {
        package let name: String
        package let expression: String
        package let colour: Colour
        package let title: String
        package let text: String
        /// Labels that become tags.
        package let tags: [String]
        package let step: String
    }

    /// Panels under one heading.
    package struct Row: Sendable, Equatable {
        /// nil for panels without a heading.
        package let title: String?
        /// Rows come by this, then in the order of packs.
        package let order: Int
        package let isCollapsed: Bool
        package internal(set) var panels: [PanelDescription]
    }

    package let name: String
    package let head: Head?
    package let variables: [Variable]
    package let annotations: [Annotation]
    package let rows: [Row]
    package let place: PackPlace
}
