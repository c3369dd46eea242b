import Glibc
import Logging
import NIOCore
import NIOPosix

/// Binds one port of ours on each of its addresses.
struct ListenerBinder {
    /// With port 0 the kernel picks a port that is free on one loopback address; it may be taken on the other.
    private static let freePortTryCountMax = 16

    /// Makes the listening sockets.
    let bootstrap: ServerBootstrap
    /// What the port is for, in messages.
    let purpose: String
    /// Told when there is no IPv6.
    let log: Logger

    /// Binds `address`; `localhost` on both loopback addresses, with one port.
    ///
    /// - Throws: `ServiceError`; nothing is left bound then.
    func bind(_ address: ListenAddress) async throws -> Listener {
        guard address.host == "localhost" else {
            let channel = try await bind(host: address.host, port: address.port)
            let port = channel.localAddress?.port ?? address.port
            return Listener(channels: [channel], bound: BoundAddresses(hosts: [address.host], port: port))
        }
        var tryCount = 0
        while true {
            tryCount += 1
            let first = try await bind(host: "127.0.0.1", port: address.port)
            let port = first.localAddress?.port ?? address.port
            do {
                let second = try await bind(host: "::1", port: port)
                return Listener(
                    channels: [first, second], bound: BoundAddresses(hosts: ["127.0.0.1", "::1"], port: port))
            } catch ServiceError.cannotListen(_, _, Self.noAddress), ServiceError.unknownHost {
                log.info("no IPv6 loopback address, listening on IPv4 alone", metadata: ["for": "\(purpose)"])
                return Listener(channels: [first], bound: BoundAddresses(hosts: ["127.0.0.1"], port: port))
            } catch {
                try? await first.close()
                guard address.port == 0, tryCount < Self.freePortTryCountMax else { throw error }
            }
        }
    }

    private func bind(host: String, port: Int) async throws -> any Channel {
        let place = ListenAddress(host: host, port: port)
        let address: SocketAddress
        do {
            address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            throw ServiceError.unknownHost(address: "\(place)", purpose: purpose)
        }
        do {
            return try await bootstrap.bind(to: address).get()
        } catch let error as IOError {
            throw ServiceError.cannotListen(
                address: "\(place)", purpose: purpose, reason: Self.reason(error.errnoCode)
            )
        }
    }

    private static let noAddress = "this machine does not have the address"

    private static func reason(_ code: CInt) -> String {
        switch code {
        case EADDRINUSE: "address already in use"
        case EACCES: "permission denied"
        case EADDRNOTAVAIL, EAFNOSUPPORT: noAddress
        default: "system error \(code)"
        }
    }
}
