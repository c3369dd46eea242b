/// Names of dashboard variables in a text: `$suite`, `${suite}`, `${suite:regex}`.
enum VariableNames {
    /// In their order.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "{" { rest = rest.dropFirst() }
            let name = rest.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
            if name.first?.isNumber == false { names.append(String(name)) }
            rest = rest[name.endIndex...]
        }
        return names
    }
}
