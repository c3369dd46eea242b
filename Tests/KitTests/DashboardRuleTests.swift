import Foundation
import Kit
import Testing

/// What dashboard-linter asks of a dashboard and the generator cannot do otherwise; the rest of its rules are checks.
///
/// `target-logql` and `target-logql-auto` never apply: every target asks a Prometheus. `template-job`,
/// `template-instance`, `target-job` and `target-instance` are excluded in `.lint`, with the reason.
@Suite struct `Rules of dashboard-linter that hold by construction` {
    private typealias Object = [String: Any]

    private static func boards() throws -> [(path: String, json: Object)] {
        try Generated.builtIn().filter { $0.path.hasSuffix(".json") }.map { file in
            let json = try JSONSerialization.jsonObject(with: Data(file.text.utf8))
            return (file.path, try #require(json as? Object))
        }
    }

    private static func variables(_ board: Object) throws -> [Object] {
        try #require((board["templating"] as? Object)?["list"] as? [Object])
    }

    /// Also those of collapsed rows.
    private static func panels(_ board: Object) -> [Object] {
        (board["panels"] as? [Object] ?? []).flatMap { [$0] + ($0["panels"] as? [Object] ?? []) }
            .filter { !["row", "text"].contains($0["type"] as? String) }
    }

    @Test func `template-datasource: the first variable chooses the data source`() throws {
        for (path, board) in try Self.boards() {
            let first = try #require(try Self.variables(board).first)
            #expect(first["type"] as? String == "datasource", "\(path)")
            #expect(first["name"] as? String == "datasource", "\(path)")
            #expect(first["label"] as? String == "Data source", "\(path)")
            #expect(first["query"] as? String == "prometheus", "\(path)")
        }
    }

    @Test func `template-on-time-change-reload: queries of variables follow the time range`() throws {
        for (path, board) in try Self.boards() {
            for variable in try Self.variables(board) where variable["type"] as? String == "query" {
                #expect(variable["refresh"] as? Int == 2, "\(path) \(variable["name"] ?? "")")
                #expect(
                    (variable["datasource"] as? Object)?["uid"] as? String == "${datasource}",
                    "\(path) \(variable["name"] ?? "")")
            }
        }
    }

    @Test func `panel-datasource, panel-no-targets: every panel asks the chosen data source`() throws {
        for (path, board) in try Self.boards() {
            for panel in Self.panels(board) {
                let what = "\(path) \(panel["title"] ?? "")"
                #expect((panel["datasource"] as? Object)?["uid"] as? String == "${datasource}", "\(what)")
                let targets = try #require(panel["targets"] as? [Object], "\(what)")
                #expect(!targets.isEmpty, "\(what)")
                for target in targets {
                    #expect(
                        (target["datasource"] as? Object)?["uid"] as? String == "${datasource}", "\(what)")
                }
            }
        }
    }

    @Test func `panel-title-description, panel-units: every panel has a title, a text and a unit`() throws {
        for (path, board) in try Self.boards() {
            for panel in Self.panels(board) {
                let what = "\(path) \(panel["title"] ?? "")"
                #expect((panel["title"] as? String)?.isEmpty == false, "\(what)")
                #expect((panel["description"] as? String)?.isEmpty == false, "\(what)")
                guard ["stat", "timeseries", "gauge"].contains(panel["type"] as? String) else { continue }
                let defaults = (panel["fieldConfig"] as? Object)?["defaults"] as? Object
                #expect((defaults?["unit"] as? String)?.isEmpty == false, "\(what)")
            }
        }
    }

    @Test func `uneditable-dashboard: nobody edits what is generated`() throws {
        for (path, board) in try Self.boards() { #expect(board["editable"] as? Bool == false, "\(path)") }
    }

    @Test func `what is excluded says why`() throws {
        for file in try Generated.builtIn() where file.path.hasSuffix("/.lint") {
            for rule in ["template-job", "template-instance", "target-job", "target-instance"] {
                #expect(file.text.contains("  \(rule)-rule:\n    reason: "), "\(file.path)")
            }
        }
    }
}
