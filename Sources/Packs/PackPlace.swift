/// Where something stands in a pack, for messages that come after the pack was read.
package struct PackPlace: Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// From 1; 0 where it is not known.
    package let line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { line > 0 ? "\(file):\(line)" : file }

    /// A problem at this place.
    func problem(_ message: String) -> PackProblem { PackProblem(file: file, line: line, message: message) }
}
