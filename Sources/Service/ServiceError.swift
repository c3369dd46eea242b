/// What keeps the service from starting.
package enum ServiceError: Error, Equatable, CustomStringConvertible {
    /// The host has no address.
    case unknownHost(address: String, purpose: String)

    /// The address could not be listened on.
    case cannotListen(address: String, purpose: String, reason: String)

    package var description: String {
        switch self {
        case .unknownHost(let address, let purpose):
            "cannot listen on \(address) for \(purpose): the host has no address"
        case .cannotListen(let address, let purpose, let reason):
            "cannot listen on \(address) for \(purpose): \(reason)"
        }
    }
}
