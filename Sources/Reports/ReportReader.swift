import MetricModel

/// Reads a report piece by piece, whatever it is: its first byte that is no blank tells.
package struct ReportReader: ~Copyable {
    /// What it reads, for people.
    package static let kinds = "JUnit XML, logs of pytest-reportlog"

    private enum Format {
        /// Not a byte that is no blank yet.
        case unknown
        case xml(XMLReader)
        case lines(ReportLog, rest: [UInt8])
    }

    private var format = Format.unknown
    private let limits: ReportLimits
    private var byteCount = 0

    private static let pieceByteCount = 1 << 16

    package init(limits: ReportLimits = ReportLimits()) { self.limits = limits }

    /// Reads the next bytes.
    ///
    /// - Throws: what the file is refused for; nothing of it may be used then.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) throws(ReportError) {
        byteCount += bytes.count
        guard byteCount <= limits.byteCount else { throw ReportError("more than \(limits.byteCount) bytes") }
        guard !bytes.isEmpty else { return }
        if case .unknown = format { try recognise(bytes) }
        switch format {
        case .unknown: break
        case .xml(let reader): try reader.read(bytes)
        case .lines(var log, var rest):
            format = .unknown
            for byte in bytes {
                if byte == 0x0A {
                    try log.read(line: rest)
                    rest.removeAll(keepingCapacity: true)
                } else {
                    rest.append(byte)
                }
            }
            guard rest.count <= 16 * limits.textByteCount else {
                throw ReportError("a line of more than \(16 * limits.textByteCount) bytes")
            }
            format = .lines(log, rest: rest)
        }
    }

    /// Reads bytes that are all there.
    package mutating func read(_ bytes: [UInt8]) throws(ReportError) {
        for start in stride(from: 0, to: bytes.count, by: Self.pieceByteCount) {
            let piece = bytes[start..<min(start + Self.pieceByteCount, bytes.count)]
            var problem: ReportError?
            piece.withUnsafeBytes { piece in
                do throws(ReportError) { try read(piece) } catch { problem = error }
            }
            if let problem { throw problem }
        }
    }

    private mutating func recognise(_ bytes: UnsafeRawBufferPointer) throws(ReportError) {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
        switch bytes.first(where: { !blanks.contains($0) }) {
        case UInt8(ascii: "<"):
            format = .xml(try XMLReader(JUnitReport(limits: limits), limits: limits))
        case UInt8(ascii: "{"): format = .lines(ReportLog(limits: limits), rest: [])
        case nil: break
        default:
            throw ReportError("not a report that is known: \(Self.kinds)")
        }
    }

    /// Everything was read.
    package mutating func finish() throws(ReportError) -> Report {
        switch format {
        case .unknown: throw ReportError("the file is empty")
        case .xml(let reader):
            try reader.read(UnsafeRawBufferPointer(start: nil, count: 0))
            guard let document = reader.visitor as? JUnitReport else { throw ReportError("not a report") }
            return try document.report()
        case .lines(var log, let rest):
            if !rest.isEmpty { try log.read(line: rest) }
            return log.report()
        }
    }
}
