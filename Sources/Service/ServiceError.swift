/// What keeps the service from starting.
package enum ServiceError: Error, Equatable, CustomStringConvertible {
    /// The host has no address.
    case unknownHost(address: String, purpose: String)

    /// The address could not be listened on.
    case cannotListen(address: String, purpose: String, reason: String)

    /// The file of a webhook's secret cannot be read, or there is none in it.
    case unreadableSecret(path: String)

    /// The repository of skills cannot be read.
    case skillsUnreadable(reason: String)

    package var description: String {
        switch self {
        case .unknownHost(let address, let purpose):
            "cannot listen on \(address) for \(purpose): the host has no address"
        case .cannotListen(let address, let purpose, let reason):
            "cannot listen on \(address) for \(purpose): \(reason)"
        case .unreadableSecret(let path):
            "skills.webhook_secret_file is '\(path)'; wanted a file with a secret that can be read"
        case .skillsUnreadable(let reason): "the repository of skills cannot be read: \(reason)"
        }
    }
}
