/// What the ledger keeps of a test besides its results.
struct TestDescription: Sendable, Equatable {
    var service: String
    /// The tool's full id.
    var test: String
    /// As the newest run says it, like suite, file and skill.
    var environment: String
    var suite: String?
    var file: String?
    /// Which skill it is a test of.
    var skill: String?
    /// Where the last streak of failures began, for streaks that are longer than what is remembered.
    var streak: StreakBegin?
}

/// The first failure of a streak.
struct StreakBegin: Sendable, Equatable {
    var revision: String?
    /// When its run began, in milliseconds since 1970.
    var start: Int64
}

/// Tests by number, with their last results.
struct TestTable: Sendable {
    struct Key: Hashable, Sendable {
        let service: Int32
        let name: ExactText
    }

    /// Nil where a number is free.
    private(set) var names: [String?] = []
    private(set) var services: [Int32] = []
    private(set) var files: [Int32] = []
    private(set) var skills: [Int32] = []
    /// Numbers of suites, and the place among the suite's members.
    var suites: [Int32] = []
    var memberPlaces: [Int32] = []
    /// Results, oldest run first.
    var results: [[ResultWord]] = []
    var figures: [TestFigures] = []
    /// Runs have changed, so that the order of results may be wrong.
    var isOrderSuspect: [Bool] = []
    private(set) var streaks: [Int32: StreakBegin] = [:]
    /// Free numbers, the next one last.
    private(set) var free: [Int32] = []
    private(set) var dirty: [Int32] = []
    private var isDirty: [Bool] = []
    private var numbers: [Key: Int32] = [:]
    private var fileTexts = TextTable()
    private var skillTexts = TextTable()

    /// Numbers in use or free.
    var endNumber: Int { names.count }
    /// Tests that there are.
    var count: Int { names.count - free.count }

    func number(of key: Key) -> Int32? { numbers[key] }

    func file(of number: Int) -> String? { fileTexts[files[number]] }

    func skill(of number: Int) -> String? { skillTexts[skills[number]] }

    /// Adds a test, or changes what is known of one.
    mutating func put(_ description: TestDescription, at number: Int32, service: Int32) {
        let index = Int(number)
        let isNext = index >= names.count
        reserve(index)
        if names[index] == nil {
            if !isNext, let place = free.lastIndex(of: number) { free.remove(at: place) }
            names[index] = description.test
            services[index] = service
            numbers[Key(service: service, name: ExactText(description.test))] = number
        }
        files[index] = fileTexts.number(description.file)
        skills[index] = skillTexts.number(description.skill)
        streaks[number] = description.streak
    }

    mutating func remove(_ number: Int32) {
        let index = Int(number)
        guard let name = names[index] else { return }
        numbers[Key(service: services[index], name: ExactText(name))] = nil
        names[index] = nil
        results[index] = []
        figures[index] = TestFigures()
        suites[index] = -1
        streaks[number] = nil
        free.append(number)
    }

    /// The next refresh works it out anew.
    mutating func mark(_ number: Int32) {
        guard !isDirty[Int(number)] else { return }
        isDirty[Int(number)] = true
        dirty.append(number)
    }

    /// Takes at most `countMax` of the tests that have to be worked out anew.
    mutating func takeDirty(_ countMax: Int) -> [Int32] {
        let taken = Array(dirty.suffix(countMax))
        dirty.removeLast(taken.count)
        for number in taken { isDirty[Int(number)] = false }
        return taken.filter { names[Int($0)] != nil }
    }

    private mutating func reserve(_ index: Int) {
        while names.count <= index {
            let number = Int32(names.count)
            names.append(nil)
            services.append(-1)
            files.append(-1)
            skills.append(-1)
            suites.append(-1)
            memberPlaces.append(-1)
            results.append([])
            figures.append(TestFigures())
            isOrderSuspect.append(false)
            isDirty.append(false)
            if number < index { free.append(number) }
        }
    }
}
