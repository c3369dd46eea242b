import Packs

/// Where boards are found.
struct BoardAddress {
    private let boards: [String: [String]]

    /// The boards that exist, with their variables.
    init(_ catalog: KitCatalog) {
        boards = Dictionary(
            uniqueKeysWithValues: catalog.boards.map { board in
                (board.name, ["environment", "service"] + board.variables.map(\.name))
            })
    }

    /// Fixed, so that links and a second import find the same board.
    static func uid(_ board: String) -> String { "spanmeter-\(board)" }

    /// The address of what a pack links to; nil for a board that is not made because packs are off.
    ///
    /// - Parameter fields: variables whose value is a field of the row that was clicked, with that field.
    func url(_ link: String, fields: [(variable: String, field: String)] = []) -> String? {
        if link.hasPrefix("http") || link.hasPrefix("/") { return link }
        guard let variables = boards[link] else { return nil }
        let chosen = fields.filter { variables.contains($0.variable) }
        var url = "/d/\(Self.uid(link))?${__url_time_range}"
        if chosen.isEmpty { return url + "&${__all_variables}" }
        for (variable, field) in chosen { url += "&var-\(variable)=${__data.fields[\"\(field)\"]}" }
        return url
    }
}
