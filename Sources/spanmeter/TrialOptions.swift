import ArgumentParser
import Configuration
import Glibc
import Ledger
import Packs
import Service

/// What commands about experiments and skills have in common.
struct TrialOptions: ParsableArguments {
    @OptionGroup var file: ConfigurationFileFlag

    @Option(help: "Only this service.")
    var service: String?

    @Option(help: "How it is printed: table or json.")
    var format = PrintFormat.table

    @Option(help: ArgumentHelp("The data directory, where it is not the configured one.", valueName: "dir"))
    var data: String?

    /// What the ledger knows of them.
    ///
    /// - Parameter keepsDiffs: whether what was changed in skills is wanted, too.
    func reports(keepsDiffs: Bool = false, _ wanted: (History) -> [TrialReport]) throws -> [TrialReport] {
        let settings = try file.settings()
        var loader = HistoryLoader(HistoryOptions(settings, keepsDiffs: keepsDiffs))
        do {
            try Store.read(directory: data ?? settings.data.text, hasResults: false, loading: &loader)
        } catch let error {
            throw CommandError(.failure, "\(error)", cause: error)
        }
        var history = loader.finish()
        while history.refresh(now: TestsCommand.now) {}
        return wanted(history).filter { (service ?? $0.service) == $0.service }
    }

    /// Those of a name.
    func reports(
        named name: String, _ kind: String, keepsDiffs: Bool = false, _ wanted: (History) -> [TrialReport]
    ) throws -> [TrialReport] {
        let known = try reports(keepsDiffs: keepsDiffs, wanted)
        let found = known.filter { $0.name == name }
        guard found.isEmpty else { return found }
        let hint = Nearest.name(to: name, among: known.map(\.name)).map { "; did you mean '\($0)'" } ?? ""
        throw CommandError(.failure, "the ledger knows no \(kind) '\(name)'\(hint)")
    }
}
