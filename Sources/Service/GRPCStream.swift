import MetricModel
import NIOCore
import OTLP

/// One gRPC request: its headers are taken, its message comes in.
final class GRPCStream {
    /// A message's head: the flag that says that it is compressed, and its length.
    private static let headByteCount = 5

    /// By the path.
    let signal: Signal
    /// When its headers came.
    let began: NIODeadline
    private let isGzip: Bool
    private let byteCountMax: Int
    private var body: RequestBody
    private var messageByteCount: Int?
    private var isCompressed = false
    /// The message is handed over, and its outcome comes later.
    private(set) var isWaiting = false

    /// Takes the headers; `begin` comes next.
    init(_ facts: GRPCRequestFacts, began: NIODeadline, receiver: Receiver, resources: LoopResources) {
        signal = facts.signal
        isGzip = facts.isGzip
        self.began = began
        byteCountMax = receiver.limits.bodyByteCountMax
        body = RequestBody(
            resources: resources, admission: receiver.admission,
            byteCountMax: receiver.limits.bodyByteCountMax, headByteCount: Self.headByteCount
        )
    }

    /// Begins the request; false when it has to be refused.
    func begin() -> Bool {
        body.begin()
    }

    /// Takes the next bytes; an answer when the request ends here.
    func receive(_ slice: ByteBuffer, limits: ServiceLimits) -> GRPCAnswer? {
        guard slice.readableBytes > 0 else { return nil }
        switch body.append(slice) {
        case .taken: break
        case .tooLarge: return problem ?? .tooLarge(byteCountMax)
        case .refused: return .overloaded(retryAfterSeconds: limits.retryAfterSeconds)
        }
        return problem
    }

    /// Called at the end of a read.
    func settle() {
        body.settle()
    }

    /// Answers the request, whose last byte has come; nil when `answer` gets its outcome.
    func finish(_ receiver: Receiver, answer: PendingAnswer) -> GRPCAnswer? {
        guard let messageByteCount else {
            return .error(.internal, "request ends before its message, wanted one message")
        }
        guard body.byteCount == Self.headByteCount + messageByteCount else {
            let count = body.byteCount - Self.headByteCount
            return .error(.internal, "message ends after \(count) bytes, wanted \(messageByteCount)")
        }
        switch body.export(isGzip: isCompressed, to: receiver.sink, via: .grpc, answer: answer) {
        case .done(let outcome): return .answer(to: outcome)
        case .failed(let failure): return .answer(to: failure, limits: receiver.limits)
        case .pending:
            isWaiting = true
            return nil
        }
    }

    /// Gives back what the request holds.
    func release() {
        body.reset()
    }

    /// Reads the message's head once it is there, and looks whether there is more than its message.
    private var problem: GRPCAnswer? {
        if messageByteCount == nil {
            guard let head = body.messageHead() else { return nil }
            guard head.isCompressed <= 1 else {
                return .error(.internal, "message has compressed flag \(head.isCompressed), wanted 0 or 1")
            }
            isCompressed = head.isCompressed == 1
            if isCompressed, !isGzip {
                return .error(.internal, "message is compressed, but the request names no grpc-encoding")
            }
            if head.byteCount > byteCountMax { return .tooLarge(byteCountMax) }
            messageByteCount = head.byteCount
            body.expect(byteCount: Self.headByteCount + head.byteCount)
        }
        guard let messageByteCount, body.byteCount > Self.headByteCount + messageByteCount else { return nil }
        return .error(.invalidArgument, "request has more than one message, wanted one")
    }
}
