/// What one line of the text format says.
struct ExposedSeries: Hashable {
    let name: String
    /// Sorted by name.
    let labels: [Label]

    struct Label: Hashable {
        let name: String
        let value: String
    }

    /// The value of a label; nil where there is none.
    subscript(label: String) -> String? { labels.first { $0.name == label }?.value }

    /// The series without one of its labels, under another name.
    func without(_ label: String, named name: String) -> ExposedSeries {
        ExposedSeries(name: name, labels: labels.filter { $0.name != label })
    }
}

/// Why a text is not of the format 0.0.4.
struct ExpositionProblem: Error, CustomStringConvertible {
    let line: Int
    let reason: String

    var description: String { "line \(line): \(reason)" }
}
