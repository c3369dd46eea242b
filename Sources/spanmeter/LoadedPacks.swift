import Configuration
import Packs

/// The packs that a configuration asks for.
enum LoadedPacks {
    /// Every pack's text: the built-in ones and the user's files.
    ///
    /// - Throws: `CommandError` for a file that cannot be read.
    static func sources(_ settings: Settings) throws(CommandError) -> [PackSource] {
        var sources = PackSource.builtIn
        for path in try PackFiles.paths(settings.packs.files) {
            do {
                guard let text = try FileContents.text(at: path) else {
                    throw CommandError(.usage, "cannot read pack \(path): it is gone")
                }
                sources.append(PackSource(file: path, text: text))
            } catch let error as FileError {
                throw CommandError(.usage, "cannot read pack \(path): \(error)", cause: error)
            } catch let error as CommandError {
                throw error
            } catch {
                throw CommandError(.usage, "cannot read pack \(path)", cause: error)
            }
        }
        return sources
    }

    /// All packs in force, checked.
    ///
    /// - Throws: `PackProblems` with everything that is wrong, or `CommandError` for an unreadable file.
    static func all(_ settings: Settings) throws -> PackSet {
        try PackSet(
            sources: try sources(settings), options: options(settings), enabled: settings.packs.enabled,
            disabled: settings.packs.disabled, targets: targets(settings), prices: prices(settings)
        )
    }

    private static func prices(_ settings: Settings) -> PriceTable {
        PriceTable(
            version: settings.prices.version, source: settings.prices.source,
            models: settings.prices.models.map {
                PriceTable.Model(
                    pattern: $0.pattern, input: $0.input, output: $0.output, cacheRead: $0.cacheRead,
                    cacheWrite: $0.cacheWrite)
            })
    }

    private static func targets(_ settings: Settings) -> [ObjectiveTarget] {
        settings.objectives.map { setting in
            var place = PackPlace(file: "configuration", line: 0)
            if case .file(let path, let line) = setting.origin {
                place = PackPlace(file: path, line: line ?? 0)
            }
            return ObjectiveTarget(
                objective: setting.objective, bound: setting.bound, value: setting.value, place: place)
        }
    }

    private static func options(_ settings: Settings) -> PackOptions {
        var options: PackOptions = ["common": ["environment": .text(settings.environment)]]
        for option in settings.packs.options {
            let value: OptionValue =
                switch option.value {
                case .text(let text): .text(text)
                case .number(let number):
                    .text(Int(exactly: number).map { String($0) } ?? String(number))
                case .flag(let flag): .text(flag ? "true" : "false")
                case .list(let list): .list(list)
                }
            options[option.pack, default: [:]][option.name] = value
        }
        return options
    }
}
