extension LabelBlocks {
    /// Calls `body` with each label of a series: its name, and its value without escapes.
    ///
    /// The bytes are valid during the call only.
    func forEachLabel(
        of series: Int,
        _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let range = range(series)
        var unescaped: [UInt8] = []
        bytes.withUnsafeBufferPointer { bytes in
            // Behind the opening brace each label is `name="value",`, as `append` renders it.
            var position = range.lowerBound + 1
            while position < range.upperBound {
                let start = position
                while bytes[position] != UInt8(ascii: "=") { position += 1 }
                let name = UnsafeBufferPointer(rebasing: bytes[start..<position])
                position += 2
                let valueStart = position
                var hasEscapes = false
                while bytes[position] != UInt8(ascii: "\"") {
                    let isEscape = bytes[position] == UInt8(ascii: "\\")
                    hasEscapes = hasEscapes || isEscape
                    position += isEscape ? 2 : 1
                }
                let value = UnsafeBufferPointer(rebasing: bytes[valueStart..<position])
                position += 2
                if hasEscapes {
                    Escaping.unescape(value, into: &unescaped)
                    unescaped.withUnsafeBufferPointer { body(name, $0) }
                } else {
                    body(name, value)
                }
            }
        }
    }
}
