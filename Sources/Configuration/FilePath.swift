/// A path in the file system, not yet opened.
///
/// A relative path is relative to the working directory, or, where it stands in the configuration file, to the
/// directory of that file; `~/` is the user's home. `Settings.load` has resolved both.
package struct FilePath: ConfigurationValue, Hashable {
    /// The path's text; not empty, without a zero byte.
    package let text: String

    package static var placeholder: String { "PATH" }

    /// Reads a path.
    ///
    /// - Throws: `ValueProblem` where it is empty or has control characters.
    package init(configurationText text: String) throws(ValueProblem) {
        do {
            self.text = try String(configurationText: text)
        } catch {
            throw ValueProblem(wanted: "a path that is not empty and has no control characters")
        }
    }

    /// Makes a path of text that is known to be right.
    init(_ text: String) {
        self.text = text
    }

    package var configurationText: String { text }

    /// The directory part as `dirname` gives it, `.` where there is none.
    package var directory: String {
        guard let slash = text.lastIndex(of: "/") else { return "." }
        return slash == text.startIndex ? "/" : String(text[..<slash])
    }

    /// The path with `~/` replaced by `home` and, if it is relative, put below `base`.
    func resolved(base: String?, home: String?) -> FilePath {
        if text.hasPrefix("~/"), let home { return FilePath(home + text.dropFirst(1)) }
        guard let base, base != ".", !text.hasPrefix("/") else { return self }
        return FilePath(base.hasSuffix("/") ? base + text : base + "/" + text)
    }
}

extension FilePath {
    /// The path of `name` in this directory.
    package func appending(_ name: String) -> FilePath {
        FilePath(text.hasSuffix("/") ? text + name : text + "/" + name)
    }
}
