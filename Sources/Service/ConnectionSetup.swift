import NIOCore
import NIOPosix

/// Takes in the connections of one listener and gives each its handlers.
struct ConnectionSetup: Sendable {
    /// A connection that is not taken; NIO closes it.
    private struct NotTaken: Error {}

    /// The listener, for the metrics.
    let role: ListenerRole
    /// Bounds the connections; listeners may share it.
    let gate: ConnectionGate
    /// Knows them for the drain; listeners may share it.
    let registry: ConnectionRegistry
    /// Counts the connections that are not taken.
    let metrics: RequestMetrics
    /// Adds the handlers, on the connection's loop.
    let install: @Sendable (any Channel) throws -> Void

    /// A bootstrap whose connections go through the gate and get their handlers.
    func bootstrap(_ group: any EventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read with a buffer of up to 256 KiB: an export of 512 spans mostly comes in one, is not copied
            // (20 µs of CPU for 200 kB over HTTP, loopback), and a connection keeps one buffer, not four. One
            // that gets little goes back to little buffers.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 4 << 10, initial: 64 << 10, maximum: 256 << 10
                )
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try take(channel) }
            }
    }

    private func take(_ channel: any Channel) throws {
        guard gate.enter() else {
            metrics.record(.tooMany, on: role)
            throw NotTaken()
        }
        guard registry.add(channel) else {
            gate.leave()
            throw NotTaken()
        }
        channel.closeFuture.whenComplete { _ in
            gate.leave()
            registry.remove(channel)
        }
        try install(channel)
    }
}
