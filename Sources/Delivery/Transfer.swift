internal import CCurl

/// Collects what libcurl hands over during one transfer; libcurl's callbacks get a reference to it.
final class Transfer {
    /// The limit of all header and trailer lines together; servers allow themselves 8 to 64 KiB.
    static let headerByteCountMax = 256 << 10

    private let bodyByteCountMax: Int
    private var headerByteCount = 0
    private var isAfterHeaders = false

    /// The body so far.
    private(set) var body: [UInt8] = []

    /// The fields of the last header block.
    private(set) var headers: [HeaderField] = []

    /// The fields after it.
    private(set) var trailers: [HeaderField] = []

    /// Whether a limit stopped the transfer.
    private(set) var isTooLarge = false

    /// A transfer that takes at most `bodyByteCountMax` bytes of body.
    init(bodyByteCountMax: Int) {
        self.bodyByteCountMax = bodyByteCountMax
    }

    /// Takes a piece of the body; false stops the transfer.
    func appendBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= bodyByteCountMax - body.count else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// Takes a line of a header or trailer with its line break; false stops the transfer.
    ///
    /// A status line begins a header block (and drops the one of an interim answer, 100), an empty line ends it;
    /// fields after that are trailers.
    func appendHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerByteCount += bytes.count
        guard headerByteCount <= Self.headerByteCountMax else {
            isTooLarge = true
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self).withoutBlanks
        if line.hasPrefix("HTTP/") {
            headers = []
            isAfterHeaders = false
        } else if line.isEmpty {
            isAfterHeaders = true
        } else if let colon = line.firstIndex(of: ":") {
            let value = String(line[line.index(after: colon)...]).withoutBlanks
            let field = HeaderField(String(line[..<colon]), value)
            if isAfterHeaders { trailers.append(field) } else { headers.append(field) }
        }
        return true
    }

    /// Runs the transfer of `handle` with this as its destination.
    func run(_ handle: borrowing CurlHandle) -> CURLcode {
        withExtendedLifetime(self) {
            let context = Unmanaged.passUnretained(self).toOpaque()
            let onBody: spanmeter_curl_sink = { bytes, size, count, context in
                Transfer.take(bytes, size * count, context) { $0.appendBody($1) }
            }
            let onHeader: spanmeter_curl_sink = { bytes, size, count, context in
                Transfer.take(bytes, size * count, context) { $0.appendHeaderLine($1) }
            }
            _ = spanmeter_curl_set_sink(handle.pointer, CURLOPT_WRITEFUNCTION, onBody)
            _ = spanmeter_curl_set_pointer(handle.pointer, CURLOPT_WRITEDATA, context)
            _ = spanmeter_curl_set_sink(handle.pointer, CURLOPT_HEADERFUNCTION, onHeader)
            _ = spanmeter_curl_set_pointer(handle.pointer, CURLOPT_HEADERDATA, context)
            return curl_easy_perform(handle.pointer)
        }
    }

    private static func take(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
        into append: (Transfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return append(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }
}

extension String {
    fileprivate var withoutBlanks: String {
        let isBlank = { (character: Character) in character.isWhitespace }
        guard let start = firstIndex(where: { !isBlank($0) }), let end = lastIndex(where: { !isBlank($0) })
        else {
            return ""
        }
        return String(self[start...end])
    }
}
