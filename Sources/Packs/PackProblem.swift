/// One thing that is wrong with a pack: where, which value, what was wanted.
package struct PackProblem: Error, Sendable, Equatable, Comparable, CustomStringConvertible {
    package let file: String
    /// From 1; 0 where the whole file is meant.
    package let line: Int
    package let message: String

    package init(file: String, line: Int, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    package var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }

    package static func < (left: PackProblem, right: PackProblem) -> Bool {
        (left.file, left.line, left.message) < (right.file, right.line, right.message)
    }
}

/// All problems of all packs at once.
package struct PackProblems: Error, Sendable, CustomStringConvertible {
    /// Sorted by file and line; at least one.
    package let problems: [PackProblem]

    package init(_ problems: [PackProblem]) {
        self.problems = problems.sorted()
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
