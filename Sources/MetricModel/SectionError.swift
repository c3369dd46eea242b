package import Bytes

/// Why a section of a journal record could not be read.
package struct SectionError: Error, Equatable, CustomStringConvertible {
    /// What was being read, and where in it reading stopped.
    package let description: String

    package init(_ description: String) { self.description = description }

    /// The bytes of `what` end too early or hold a number that cannot be.
    package init(_ what: String, _ error: ByteReaderError) {
        self.init("\(what) cannot be read from byte \(error.offset)")
    }
}
