import MetricModel
import NIOCore
import OTLP

/// The bytes of one request as they arrive, charged to the admission and bounded in size.
///
/// A body that comes whole in one read is never copied: it stays the slice of the receive buffer it is. One
/// that comes in several reads is gathered in a buffer of the loop's pool.
struct RequestBody: ~Copyable {
    /// What became of some bytes.
    enum Verdict {
        case taken
        case tooLarge
        case refused
    }

    private let resources: LoopResources
    private let byteCountMax: Int
    private let headByteCount: Int
    private var charge: RequestCharge
    private var bytes = ByteBuffer()
    private var isPooled = false
    private var expectedByteCount = 0

    /// - Parameters:
    ///   - byteCountMax: the bound on the message's bytes, as they arrive and when decompressed.
    ///   - headByteCount: bytes of the transport before the message.
    init(resources: LoopResources, admission: Admission, byteCountMax: Int, headByteCount: Int = 0) {
        self.resources = resources
        self.byteCountMax = byteCountMax
        self.headByteCount = headByteCount
        charge = RequestCharge(admission)
    }

    /// What has come so far, with the transport's head.
    var byteCount: Int { bytes.readableBytes }

    /// Begins a request; false when it has to be refused.
    mutating func begin() -> Bool {
        charge.add(RequestCharge.overheadByteCount)
    }

    /// Announces the size, so that the buffer need not grow step by step. It is the peer's word: no more than
    /// 16 times what has come is reserved for it.
    mutating func expect(byteCount: Int) {
        expectedByteCount = byteCount
    }

    /// Takes the next bytes. After another verdict than `taken` the body is of no use.
    mutating func append(_ slice: ByteBuffer) -> Verdict {
        let count = slice.readableBytes
        if bytes.readableBytes + count > byteCountMax + headByteCount { return .tooLarge }
        guard charge.add(count) else { return .refused }
        if bytes.readableBytes == 0, !isPooled {
            bytes = slice
        } else {
            gather(adding: count)
            bytes.writeImmutableBuffer(slice)
        }
        return .taken
    }

    /// Called at the end of a read: lets go of the receive buffer, of which the body may be a small part.
    mutating func settle() {
        if !isPooled, bytes.readableBytes > 0 { gather(adding: 0) }
    }

    /// Forgets the body and gives back what it held.
    mutating func reset() {
        charge.release()
        expectedByteCount = 0
        if isPooled {
            let used = bytes
            bytes = ByteBuffer()
            isPooled = false
            resources.giveBack(used)
        } else {
            bytes = ByteBuffer()
        }
    }

    /// The first five bytes, gRPC's message head, or nil as long as there are fewer.
    func messageHead() -> (isCompressed: UInt8, byteCount: Int)? {
        guard let flag = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self),
            let length = bytes.getInteger(at: bytes.readerIndex + 1, as: UInt32.self)
        else { return nil }
        return (flag, Int(length))
    }

    /// Hands the message, what comes after the transport's head, to the sink, decompressed if need be.
    mutating func export(
        isGzip: Bool,
        to sink: any TraceSink,
        via wire: WireProtocol,
        answer: PendingAnswer
    ) -> ExportResult {
        bytes.moveReaderIndex(forwardBy: headByteCount)
        guard isGzip else {
            return ExportResult(sink.export(bytes.readableBytesSpan, via: wire, answer: answer))
        }
        var inflated = resources.takeBuffer(byteCount: 0)
        defer { resources.giveBack(inflated) }
        do throws(Gunzip.Failure) {
            try resources.gunzip.inflate(bytes, into: &inflated, byteCountMax: byteCountMax, charge: &charge)
        } catch {
            return .failed(error)
        }
        return ExportResult(sink.export(inflated.readableBytesSpan, via: wire, answer: answer))
    }

    /// Moves the bytes into a pooled buffer with room for `count` more.
    private mutating func gather(adding count: Int) {
        guard !isPooled else { return }
        let needed = bytes.readableBytes + count
        var pooled = resources.takeBuffer(byteCount: max(needed, min(expectedByteCount, 16 * needed)))
        pooled.writeImmutableBuffer(bytes)
        bytes = pooled
        isPooled = true
    }
}

/// How handing a body to the sink went.
enum ExportResult {
    case done(ExportOutcome)
    case failed(Gunzip.Failure)
    /// The outcome comes later.
    case pending

    /// From the sink's answer.
    init(_ outcome: ExportOutcome?) {
        if let outcome { self = .done(outcome) } else { self = .pending }
    }
}
