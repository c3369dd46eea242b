/// The text that documents every option, generated from their declarations.
package enum ConfigurationReference {
    /// One paragraph per option: key, type, range, default; flag and variable; the sentence.
    package static var text: String {
        var lines = [
            "A value is taken from the flag, else from the environment variable, else from the configuration",
            "file (YAML; a dot in a key is a level), else the default. An empty variable counts as not set.",
            "Relative paths in the file are relative to the file.",
        ]
        for option in Options.declarations {
            lines.append("")
            lines.append("\(option.key)  \(option.placeholder)\(option.rangeText.map { ", \($0)" } ?? "")")
            lines.append("    \(option.documentation)")
            lines.append("    default: \(option.defaultText)")
            lines.append("    set by: \(sources(of: option).joined(separator: ", "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func sources(of option: OptionDeclaration) -> [String] {
        (option.hasFlag ? ["--\(option.flagName)"] : [])
            + (option.isInEnvironment ? [option.variable] : [])
            + (option.isInFile ? ["file"] : [])
    }
}
