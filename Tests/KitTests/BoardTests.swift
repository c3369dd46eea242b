import Foundation
import Kit
import Packs
import Testing

@Suite struct `Boards` {
    /// A board with these rows; every panel takes its `text` and `no_value` from a default.
    private static func board(_ rows: String, head: String = "") throws -> [String: Any] {
        let pack = """
            pack: mine
            objectives: { o: { target: 0.9, amber: 0.8, description: d }, b: { comparison: between, min: 1, max: 2, description: d } }
            boards:
              own:
                title: Own
                folder: qa
                text: Mine.
                services: x_total
                \(head)
                rows:
            \(rows)
            """
        let text = try Generated.text(try Generated.files(pack), "qa/own.json")
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static func panels(_ rows: String) throws -> [[String: Any]] {
        try #require(try board(rows)["panels"] as? [[String: Any]])
    }

    private static func places(_ panels: [[String: Any]]) -> [String] {
        panels.map { panel in
            let grid = panel["gridPos"] as? [String: Int] ?? [:]
            let place = ["x", "y", "w", "h"].map { String(grid[$0] ?? -1) }.joined(separator: ",")
            return "\(panel["title"] ?? "") \(place)"
        }
    }

    private static func panel(_ title: String, _ kind: String, _ more: String = "") -> String {
        "{ panel: \(title), kind: \(kind), unit: none, text: T., expr: x_total\(more) }"
    }

    @Test func `fill each line, and start a new one where a panel does not fit`() throws {
        let stats = ["a", "b", "c"].map { Self.panel($0, "stat") }
        let rows = """
                  - panels: [\(stats.joined(separator: ", "))]
                  - row: More
                    panels:
                      - \(Self.panel("d", "timeseries"))
                      - \(Self.panel("e", "timeseries"))
                      - \(Self.panel("f", "timeseries", ", width: 10, height: 5"))
                      - \(Self.panel("g", "heatmap"))
            """
        #expect(
            Self.places(try Self.panels(rows)) == [
                "a 0,0,8,4", "b 8,0,8,4", "c 16,0,8,4", "More 0,4,24,1", "d 0,5,12,8", "e 12,5,12,8",
                "f 0,13,10,5", "g 10,13,14,8",
            ])
    }

    @Test func `come in the order that packs give, not in that of files`() throws {
        let rows = """
                  - { row: Last, order: 200, panels: [\(Self.panel("z", "text", ", content: Z").replacing(", expr: x_total", with: ""))] }
                  - { row: First, order: 1, panels: [\(Self.panel("b", "stat")), \(Self.panel("a", "stat", ", order: 1"))] }
                  - { row: Closed, order: 2, collapsed: true, panels: [\(Self.panel("c", "stat"))] }
                  - { row: First, panels: [\(Self.panel("d", "stat", ", order: 2"))] }
            """
        let panels = try Self.panels(rows)
        #expect(
            Self.places(panels) == [
                "First 0,0,24,1", "a 0,1,8,4", "d 8,1,8,4", "b 16,1,8,4", "Closed 0,5,24,1", "Last 0,6,24,1",
                "z 0,7,24,3",
            ])
        #expect(Self.places(panels[4]["panels"] as? [[String: Any]] ?? []) == ["c 0,6,24,4"])
        #expect(panels.map { $0["id"] as? Int } == [1, 2, 3, 4, 5, 7, 8])
    }

    @Test func `show an objective's target and state beside a number`() throws {
        let rows =
            "      - panels: [\(Self.panel("a", "stat", ", objective: o")), \(Self.panel("t", "timeseries", ", objective: o")), \(Self.panel("b", "stat", ", objective: b"))]"
        let panels = try Self.panels(rows)
        func queries(_ panel: [String: Any]) -> [[String]] {
            (panel["targets"] as? [[String: Any]] ?? []).map { target in
                ["legendFormat", "expr"].map { target[$0] as? String ?? "" }
            }
        }
        func bound(_ objective: String, _ name: String, _ number: String) -> String {
            "scalar(max(spanmeter_objective{name=\"\(objective)\",bound=\"\(name)\"}) or vector(\(number)))"
        }
        let target = ["target", #"max(spanmeter_objective{name="o",bound="target"}) or vector(0.9)"#]
        let value = "((x_total) > -Inf)"
        #expect(
            queries(panels[0]) == [
                ["now", "x_total"], target,
                [
                    "state",
                    "(\(value) >= bool \(bound("o", "amber", "0.8"))) / 2 + "
                        + "(\(value) >= bool \(bound("o", "red", "0.8"))) / 2",
                ],
            ])
        #expect(queries(panels[1]) == [["__auto", "x_total"], target])
        #expect(
            queries(panels[2]).map(\.[0]) == ["now", "min", "max", "state"])
    }

    @Test func `name what is chosen, one after another`() throws {
        let board = try Self.board(
            "      - panels: [\(Self.panel("a", "stat"))]",
            head:
                "variables: [{ variable: suite, of: \"x_total{$scope}\" }, { variable: arm, values: [a, b], single: true }]"
        )
        let list = try #require((board["templating"] as? [String: Any])?["list"] as? [[String: Any]])
        #expect(
            list.map { $0["name"] as? String } == ["datasource", "environment", "service", "suite", "arm"])
        let queries = list.map { ($0["query"] as? [String: Any])?["query"] as? String }
        let scope = "environment=~\"$environment\",service=~\"$service\""
        #expect(
            queries == [
                nil, "label_values(x_total, environment)",
                "label_values(x_total{environment=~\"$environment\"}, service)",
                "label_values(x_total{\(scope)}, suite)", nil,
            ])
    }

    @Test func `have a table's columns in order, under their titles, and nothing else`() throws {
        let rows = """
                  - panels:
                      - panel: t
                        kind: table
                        text: T.
                        queries: [{ expr: x, legend: Ratio, unit: percentunit }, { expr: y, legend: Count }]
                        columns: [{ column: test, title: Test }, Count, suite]
                        sort: Ratio desc
            """
        let panel = try #require(try Self.panels(rows).first)
        let transformations = try #require(panel["transformations"] as? [[String: Any]])
        #expect(transformations.map { $0["id"] as? String } == ["merge", "filterFieldsByName", "organize"])
        let include = (transformations[1]["options"] as? [String: Any])?["include"] as? [String: [String]]
        #expect(include == ["names": ["test", "Value #B", "suite", "Value #A"]])
        let organize = transformations[2]["options"] as? [String: Any]
        #expect(
            organize?["renameByName"] as? [String: String] == [
                "test": "Test", "Value #B": "Count", "Value #A": "Ratio",
            ])
        let sort = (panel["options"] as? [String: Any])?["sortBy"] as? [[String: Any]]
        #expect(sort?.first?["displayName"] as? String == "Ratio")
    }
}

@Suite struct `Every generated board` {
    private static func boards() throws -> [(path: String, json: [String: Any])] {
        try Generated.builtIn().filter { $0.path.hasSuffix(".json") }.map { file in
            let json = try JSONSerialization.jsonObject(with: Data(file.text.utf8))
            return (file.path, try #require(json as? [String: Any]))
        }
    }

    /// Every object in a JSON value.
    private static func objects(_ value: Any) -> [[String: Any]] {
        switch value {
        case let object as [String: Any]: [object] + object.values.flatMap(objects)
        case let list as [Any]: list.flatMap(objects)
        default: []
        }
    }

    @Test func `has a fixed id of its own that Grafana takes, and none of a database`() throws {
        let boards = try Self.boards()
        let uids = boards.map { $0.json["uid"] as? String ?? "" }
        #expect(Set(uids).count == uids.count)
        for (path, json) in boards {
            let uid = try #require(json["uid"] as? String)
            #expect(uid.hasPrefix("spanmeter-") && uid.count <= 40, "\(path)")
            #expect(json["id"] == nil, "\(path)")
            #expect(json["schemaVersion"] as? Int == 41, "\(path)")
            #expect(json["editable"] as? Bool == false, "\(path)")
        }
    }

    @Test func `asks only the data source that is chosen`() throws {
        for (path, json) in try Self.boards() {
            for object in Self.objects(json) {
                guard let source = object["datasource"] as? [String: String] else { continue }
                let isOwn = source == ["type": "prometheus", "uid": "${datasource}"]
                let isBuiltIn = source == ["type": "grafana", "uid": "-- Grafana --"]
                #expect(isOwn || isBuiltIn, "\(path)")
            }
        }
    }

    @Test func `has panels that say what they show, do not overlap and fit`() throws {
        for (path, json) in try Self.boards() {
            let panels = Self.objects(json["panels"] ?? []).filter { $0["gridPos"] != nil }
            #expect(Set(panels.map { $0["id"] as? Int }).count == panels.count, "\(path)")
            var cells: Set<[Int]> = []
            for panel in panels {
                let grid = try #require(panel["gridPos"] as? [String: Int])
                let (x, y) = (grid["x"] ?? -1, grid["y"] ?? -1)
                for column in x..<x + (grid["w"] ?? 0) {
                    for line in y..<y + (grid["h"] ?? 0) {
                        #expect(
                            column < 24 && cells.insert([column, line]).inserted,
                            "\(path) \(panel["title"] ?? "")")
                    }
                }
                if panel["type"] as? String != "row", panel["type"] as? String != "text" {
                    let defaults = (panel["fieldConfig"] as? [String: Any])?["defaults"] as? [String: Any]
                    let noValue = defaults?["noValue"] as? String
                    #expect(
                        noValue != nil && noValue != "no data",
                        "\(path) \(panel["title"] ?? ""): 'no_value' says why there may be none")
                }
                guard panel["type"] as? String != "row", panel["type"] as? String != "text" else { continue }
                #expect(
                    (panel["description"] as? String)?.isEmpty == false, "\(path) \(panel["title"] ?? "")")
                #expect((panel["targets"] as? [Any])?.isEmpty == false, "\(path) \(panel["title"] ?? "")")
            }
        }
    }

    @Test func `for executives fits one screen, and all of them have over 50 panels`() throws {
        let counts = try Self.boards().map { path, json in
            let panels = (json["panels"] as? [[String: Any]] ?? []).filter { $0["type"] as? String != "row" }
            return (path: path, panels: panels)
        }
        #expect(counts.reduce(0) { $0 + $1.panels.count } > 50)
        let executive = try #require(counts.first { $0.path.hasSuffix("executive-summary.json") })
        #expect(executive.panels.count <= 14)
        for panel in executive.panels {
            let grid = try #require(panel["gridPos"] as? [String: Int])
            // A screen has about 22 of Grafana's lines.
            #expect((grid["y"] ?? 0) + (grid["h"] ?? 0) <= 22, "\(panel["title"] ?? "")")
        }
    }
}
