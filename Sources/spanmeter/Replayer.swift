import Delivery

/// Where captures are sent to.
struct ReplayTarget {
    /// The URL before `/v1/traces`.
    let http: String

    /// The URL of the gRPC receiver, if captures of gRPC are to go there.
    let grpc: String?
}

/// Sends captures one after the other and sums up the answers.
struct Replayer<Time: Clock>: ~Copyable where Time.Duration == Duration {
    /// How often a request is sent at most: with waits of 1, 2, 4, 8 s a restarting receiver is survived.
    static var attemptCountMax: Int { 6 }

    /// The longest time that is spent waiting for one request.
    static var waitMax: Duration { .seconds(60) }

    private let target: ReplayTarget
    private let clock: Time
    private let start: Time.Instant
    private var client: HTTPClient

    /// The answers so far.
    private(set) var summary = ReplaySummary()

    /// A replay that begins now.
    init(target: ReplayTarget, clock: Time) throws(DeliveryError) {
        self.target = target
        self.clock = clock
        start = clock.now
        client = try HTTPClient(userAgent: Version.userAgent)
    }

    /// Waits until the next request is due at `rate` requests per second.
    mutating func pace(rate: Double?) async throws {
        guard let rate else { return }
        let due = start.advanced(by: .seconds(Double(summary.requestCount) / rate))
        if due > clock.now { try await clock.sleep(until: due, tolerance: nil) }
    }

    /// Sends a capture until it is taken, refused for good, or asked to come again too often.
    ///
    /// - Parameter body: the capture's own, or one in its place.
    /// - Throws: `DeliveryError` where there is no answer.
    mutating func send(_ capture: Capture, _ body: [UInt8]) async throws {
        try await send(capture.path, byteCount: body.count) { replayer throws(DeliveryError) in
            try replayer.exchange(capture, body)
        }
    }

    /// Sends a request of spans over HTTP, with the same patience.
    ///
    /// - Parameter name: what it is called where it is refused.
    mutating func send(_ body: [UInt8], from name: String) async throws {
        try await send(name, byteCount: body.count) { replayer throws(DeliveryError) in
            let headers = [HeaderField("Content-Type", "application/x-protobuf")]
            let request = HTTPRequest(.post, replayer.base + "/v1/traces", headers: headers, body: body)
            return ReplayAnswer(try replayer.client.send(request))
        }
    }

    private mutating func send(
        _ name: String, byteCount: Int,
        _ exchange: (inout Replayer) throws(DeliveryError) -> ReplayAnswer
    ) async throws {
        var waited = Duration.zero
        var wait = Duration.seconds(1)
        for attempt in 1... {
            let answer = try exchange(&self)
            let delay = answer.retryDelay ?? wait
            guard answer.isTemporary, attempt < Self.attemptCountMax, waited + delay <= Self.waitMax else {
                summary.count(answer, of: name, byteCount: byteCount, retryCount: attempt - 1)
                summary.duration = start.duration(to: clock.now)
                return
            }
            if delay > .zero { try await clock.sleep(until: clock.now.advanced(by: delay), tolerance: nil) }
            waited += delay
            wait *= 2
        }
    }

    private var base: String { target.http.hasSuffix("/") ? String(target.http.dropLast()) : target.http }

    private mutating func exchange(_ capture: Capture, _ body: [UInt8]) throws(DeliveryError) -> ReplayAnswer
    {
        if capture.transport == .grpc, let server = target.grpc {
            let call = GRPCCall(server: server, path: capture.requestPath, message: body)
            return ReplayAnswer(try client.call(call))
        }
        let (type, encoding) = capture.contentFields(of: body)
        var headers = [HeaderField("Content-Type", type)]
        if let encoding { headers.append(HeaderField("Content-Encoding", encoding)) }
        let request = HTTPRequest(.post, base + capture.httpPath, headers: headers, body: body)
        return ReplayAnswer(try client.send(request))
    }
}
