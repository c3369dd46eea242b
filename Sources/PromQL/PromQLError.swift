/// What is wrong with the text of an expression, and where.
package struct PromQLError: Error, Equatable, CustomStringConvertible {
    /// What stands there and what was wanted: lower case, no full stop.
    package let message: String
    /// Bytes of UTF-8 before the place.
    package let offset: Int
    /// From 1.
    package let line: Int
    /// Characters, from 1.
    package let column: Int

    init(_ message: String, at offset: Int, in text: String) {
        self.message = message
        let utf8 = text.utf8
        self.offset = min(max(offset, 0), utf8.count)
        let place = utf8.index(utf8.startIndex, offsetBy: self.offset)
        let before = text[..<place]
        let lineStart = before.utf8.lastIndex(of: UInt8(ascii: "\n")).map(utf8.index(after:))
        line = before.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        column = before[(lineStart ?? text.startIndex)...].count + 1
    }

    package var description: String { "\(line):\(column): \(message)" }
}

/// A problem whose place is known and whose text is not: what the stages throw before the parser adds the text.
struct Complaint: Error {
    let message: String
    let offset: Int

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
}
