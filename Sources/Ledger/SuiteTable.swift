internal import Statistics

/// A suite of a service in an environment, with what its tests add up to.
struct Suite: Sendable {
    let service: Int32
    let environment: String
    /// Nil where tests name none.
    let name: String?
    /// Numbers of tests, in no order.
    var members: [Int32] = []
    var sums = WindowSums()
    /// By raw value of the state.
    var stateCounts = SIMD4<Int32>()
    var missingCount = 0
    /// Whether what is missing has to be worked out anew.
    var isDirty = false

    init(service: Int32, environment: String, name: String?) {
        self.service = service
        self.environment = environment
        self.name = name
    }

    mutating func add(_ figures: TestFigures) {
        sums += figures.all
        if let state = figures.state { stateCounts[Int(state.rawValue)] += 1 }
        if figures.isMissing { missingCount += 1 }
    }

    mutating func remove(_ figures: TestFigures) {
        sums -= figures.all
        if let state = figures.state { stateCounts[Int(state.rawValue)] -= 1 }
        if figures.isMissing { missingCount -= 1 }
    }
}

/// Suites by number; one without tests stays, there are few.
struct SuiteTable: Sendable {
    private struct Key: Hashable {
        let service: Int32
        let environment: ExactText
        let name: ExactText?
    }

    var suites: [Suite] = []
    private var numbers: [Key: Int32] = [:]

    mutating func number(service: Int32, environment: String, name: String?) -> Int32 {
        let key = Key(
            service: service, environment: ExactText(environment), name: name.map { ExactText($0) })
        if let known = numbers[key] { return known }
        let number = Int32(suites.count)
        suites.append(Suite(service: service, environment: environment, name: name))
        numbers[key] = number
        return number
    }
}
