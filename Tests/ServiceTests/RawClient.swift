import Glibc
import NIOCore
import NIOPosix

/// A TCP connection that sends bytes as they are and gathers what comes back.
struct RawClient: Sendable {
    private let channel: any Channel
    private let gathered: NIOLoopBound<Gatherer>

    /// - Parameter bufferByteCount: what the kernel keeps unread, about; it chooses without it.
    static func connect(
        _ port: Int, host: String = "127.0.0.1", reads: Bool = true, bufferByteCount: Int? = nil
    ) async throws -> RawClient {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if let bufferByteCount {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(bufferByteCount))
        }
        let (channel, gathered) =
            try await bootstrap
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gatherer = Gatherer()
                    try channel.pipeline.syncOperations.addHandler(gatherer)
                    return (channel, NIOLoopBound(gatherer, eventLoop: channel.eventLoop))
                }
            }
        return RawClient(channel: channel, gathered: gathered)
    }

    func send(_ bytes: some Sequence<UInt8> & Sendable) async throws {
        let sent = channel.eventLoop.makePromise(of: Void.self, awaiting: "the peer takes what is sent")
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: sent)
        try await sent.futureResult.get()
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    /// Sends what the peer may refuse to take.
    func trySend(_ bytes: some Sequence<UInt8> & Sendable) async {
        try? await send(bytes)
    }

    func endOutput() async throws {
        try await channel.close(mode: .output)
    }

    func close() async {
        try? await channel.close()
    }

    /// Reads from now on.
    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    /// Ends the connection with a reset instead of in order.
    func reset() async throws {
        let options = channel as? any SocketOptionProvider
        try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    /// What has come, as soon as `isEnough` says so or nothing more can come.
    func receive(until isEnough: @escaping @Sendable ([UInt8]) -> Bool) async throws -> [UInt8] {
        let gathered = gathered
        return try await channel.eventLoop.flatSubmit {
            gathered.value.wait(isEnough, on: gathered.value.loop)
        }.get()
    }

    /// What has come when the peer has ended the connection.
    func receiveAll() async throws -> [UInt8] {
        try await receive { _ in false }
    }

    /// The next `count` HTTP responses, taken off what has come.
    func responses(_ count: Int = 1, toHead: Bool = false) async throws -> [TestResponse] {
        let bytes = try await receive { TestResponse.parse($0, toHead: toHead).responses.count >= count }
        let parsed = TestResponse.parse(bytes, toHead: toHead)
        let used = parsed.responses.prefix(count).reduce(0) { $0 + $1.byteCount }
        let gathered = gathered
        try await channel.eventLoop.submit { gathered.value.drop(used) }.get()
        return Array(parsed.responses.prefix(count))
    }

    private final class Gatherer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var bytes: [UInt8] = []
        private var isAtEnd = false
        private var waiter: (isEnough: ([UInt8]) -> Bool, promise: EventLoopPromise<[UInt8]>)?
        private(set) var loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

        func handlerAdded(context: ChannelHandlerContext) { loop = context.eventLoop }

        func wait(_ isEnough: @escaping ([UInt8]) -> Bool, on loop: any EventLoop) -> EventLoopFuture<[UInt8]>
        {
            let promise = loop.makePromise(of: [UInt8].self, awaiting: "the peer answers or ends")
            waiter = (isEnough, promise)
            look()
            return promise.futureResult
        }

        func drop(_ count: Int) { bytes.removeFirst(min(count, bytes.count)) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.append(contentsOf: unwrapInboundIn(data).readableBytesView)
            look()
        }

        func channelInactive(context: ChannelHandlerContext) {
            end()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { end() }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            end()
            context.close(promise: nil)
        }

        private func end() {
            isAtEnd = true
            look()
        }

        private func look() {
            guard let waiter, isAtEnd || waiter.isEnough(bytes) else { return }
            self.waiter = nil
            waiter.promise.succeed(bytes)
        }
    }
}

/// An HTTP response taken apart; knows lengths and chunks, and takes what follows otherwise.
struct TestResponse: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]
    var byteCount: Int

    static func parse(_ bytes: [UInt8], toHead: Bool = false) -> (responses: [TestResponse], rest: Int) {
        var responses: [TestResponse] = []
        var start = 0
        while let response = one(bytes[start...], toHead: toHead) {
            responses.append(response)
            start += response.byteCount
        }
        return (responses, bytes.count - start)
    }

    private static func one(_ bytes: ArraySlice<UInt8>, toHead: Bool) -> TestResponse? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        var rest = bytes[end.upperBound...]
        var body: [UInt8] = []
        if toHead || status / 100 == 1 {
            // No body, whatever the headers say.
        } else if headers["transfer-encoding"] == "chunked" {
            while true {
                guard let line = rest.firstRange(of: Array("\r\n".utf8)) else { return nil }
                let text = String(decoding: rest[..<line.lowerBound], as: UTF8.self)
                guard let count = Int(text, radix: 16) else { return nil }
                guard rest.endIndex >= line.upperBound + count + 2 else { return nil }
                body += rest[line.upperBound..<line.upperBound + count]
                rest = rest[(line.upperBound + count + 2)...]
                if count == 0 { break }
            }
        } else {
            let count = Int(headers["content-length"] ?? "") ?? rest.count
            guard rest.count >= count else { return nil }
            body = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        let used = rest.startIndex - bytes.startIndex
        return TestResponse(status: status, headers: headers, body: body, byteCount: used)
    }
}
