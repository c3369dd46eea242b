/// Services by number; where tests are told apart by environment, a service in an environment.
struct ServiceTable: Sendable {
    struct Key: Hashable, Sendable {
        let service: ExactText
        let environment: ExactText?

        init(service: String, environment: String?) {
            self.service = ExactText(service)
            self.environment = environment.map { ExactText($0) }
        }
    }

    /// A service, and where its windows begin.
    struct Service: Sendable {
        let name: String
        /// End of the newest run that counts; what is recent for a state is counted from there.
        var newestEnd = Int64.min
        /// What ended later is evidence.
        var evidenceBegin = Int64.min
        /// What ended later is part of the flakiness score.
        var scoredBegin = Int64.min
    }

    var services: [Service] = []
    private var numbers: [Key: Int32] = [:]
    private let isPerEnvironment: Bool

    init(isPerEnvironment: Bool) {
        self.isPerEnvironment = isPerEnvironment
    }

    func key(service: String, environment: String) -> Key {
        Key(service: service, environment: isPerEnvironment ? environment : nil)
    }

    func known(_ key: Key) -> Int32? { numbers[key] }

    mutating func number(_ key: Key) -> Int32 {
        if let known = numbers[key] { return known }
        let number = Int32(services.count)
        services.append(Service(name: key.service.text))
        numbers[key] = number
        return number
    }
}
