import Logging
import NIOCore
import NIOPosix

/// The bound ports of the service.
struct Listeners: Sendable {
    /// OTLP/gRPC.
    var grpc: Listener
    /// OTLP/HTTP.
    var http: Listener
    /// The scrape endpoint.
    var scrape: Listener

    /// Binds all three, in this order.
    ///
    /// - Throws: `ServiceError` for the first that cannot be had; those before stay bound until `group` ends.
    static func bind(
        _ addresses: Server.Addresses,
        on group: MultiThreadedEventLoopGroup,
        receiver: Receiver,
        scrape: ScrapeService,
        gates: (receivers: ConnectionGate, scrapers: ConnectionGate),
        registries: (receivers: ConnectionRegistry, scrapers: ConnectionRegistry),
        log: Logger
    ) async throws -> Listeners {
        let resources = LoopTable(group)
        func listen(
            _ role: ListenerRole,
            at address: ListenAddress,
            for purpose: String,
            install: @escaping @Sendable (any Channel) throws -> Void
        ) async throws -> Listener {
            let setup = ConnectionSetup(
                role: role,
                gate: role == .scrape ? gates.scrapers : gates.receivers,
                registry: role == .scrape ? registries.scrapers : registries.receivers,
                metrics: receiver.metrics,
                install: install
            )
            return try await ListenerBinder(bootstrap: setup.bootstrap(group), purpose: purpose, log: log)
                .bind(address)
        }
        return Listeners(
            grpc: try await listen(.grpc, at: addresses.grpc, for: "OTLP/gRPC") {
                try Pipelines.grpc(receiver, resources[$0.eventLoop], on: $0)
            },
            http: try await listen(.http, at: addresses.http, for: "OTLP/HTTP") {
                try Pipelines.http(receiver, resources[$0.eventLoop], on: $0)
            },
            scrape: try await listen(.scrape, at: addresses.scrape, for: "the scrape endpoint") {
                try Pipelines.scrape(scrape, on: $0)
            }
        )
    }
}

/// One port of ours, with a listening socket for each of its addresses.
struct Listener: Sendable {
    /// The listening sockets.
    var channels: [any Channel]
    /// Where they listen.
    var bound: BoundAddresses
}
