/// What an OTLP receiver says of a request it took.
package struct ExportAnswer: Sendable, Equatable {
    /// The spans, points or records that it refused.
    package let rejected: Int

    /// Its reason or warning; often empty.
    package let message: String

    /// Reads an `Export…ServiceResponse` in protobuf; what cannot be read counts as nothing said.
    ///
    /// The three signals' answers have the same shape: field 1 is the partial success, in it 1 the count, 2 the text.
    package init(protobuf bytes: [UInt8]) {
        var rejected = 0
        var message = ""
        for case (1, .bytes(let partial)) in ProtobufFields(bytes[...]) {
            for field in ProtobufFields(partial) {
                switch field {
                case (1, .varint(let count)): rejected = Int(clamping: Int64(bitPattern: count))
                case (2, .bytes(let text)): message = String(decoding: text, as: UTF8.self)
                default: break
                }
            }
        }
        self.rejected = rejected
        self.message = message
    }

    /// Describes an answer.
    package init(rejected: Int, message: String) {
        self.rejected = rejected
        self.message = message
    }
}
