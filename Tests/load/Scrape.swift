import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// One reading of `/metrics`.
struct Scrape {
    let lineCount: Int
    let byteCount: Int
    let seconds: Double
    /// Sum of the counter that counts spans, over all its series.
    let spanSum: Double

    /// Reads the page once.
    ///
    /// - Parameter counter: name of the counter to sum up.
    static func read(
        _ address: SocketAddress, host: String, counter: String, group: any EventLoopGroup
    ) async throws -> Scrape {
        let began = NIODeadline.now()
        let promise = group.any().makePromise(of: ByteBuffer.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .connectTimeout(.seconds(5))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(PageReader(promise: promise))
                    }
                }
                .connect(to: address).get()
        } catch {
            promise.fail(error)
            throw LoadError("cannot connect to http://\(host)/metrics: \(error)")
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/metrics",
            headers: ["host": host, "accept": "text/plain;version=0.0.4", "user-agent": "spanmeter-load"]
        )
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        let page = try await promise.futureResult.get()
        let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        channel.close(promise: nil)
        return Scrape(page: page, seconds: seconds, counter: counter)
    }

    init(page: ByteBuffer, seconds: Double, counter: String) {
        var lines = 0
        var sum = 0.0
        let name = Array(counter.utf8)
        page.withUnsafeReadableBytes { bytes in
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                lines += 1
                guard line.starts(with: name), line.count > name.count else { continue }
                let next = line[line.startIndex + name.count]
                guard next == UInt8(ascii: "{") || next == UInt8(ascii: " ") else { continue }
                sum += Self.value(of: line) ?? 0
            }
        }
        lineCount = lines
        byteCount = page.readableBytes
        self.seconds = seconds
        spanSum = sum
    }

    /// The number after the labels; label values may hold any byte, so braces count only outside quotes.
    private static func value(of line: Slice<UnsafeRawBufferPointer>) -> Double? {
        var rest = line[...]
        if let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
            var isQuoted = false
            var isEscaped = false
            var end = brace
            for index in rest.indices[brace...] {
                let byte = rest[index]
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted.toggle()
                } else if byte == UInt8(ascii: "}"), !isQuoted {
                    end = index
                    break
                }
            }
            rest = rest[(end + 1)...]
        }
        let fields = rest.split(separator: UInt8(ascii: " "))
        let number = line.count == rest.count ? fields.dropFirst().first : fields.first
        return number.flatMap { Double(String(decoding: $0, as: UTF8.self)) }
    }
}

private final class PageReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<ByteBuffer>
    private var status = HTTPResponseStatus.ok
    private var page = ByteBuffer()

    init(promise: EventLoopPromise<ByteBuffer>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(var part): page.writeBuffer(&part)
        case .end:
            if status == .ok {
                promise.succeed(page)
            } else {
                promise.fail(LoadError("/metrics answered \(status)"))
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(LoadError("/metrics closed the connection before the page was complete"))
    }
}
