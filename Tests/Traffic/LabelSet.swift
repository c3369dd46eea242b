/// The labels of one series that the load makes: of its 3,690 sets each is sent equally often.
///
/// 123 tests × 5 workers × 6 endings = 3,690 sets of {service, span name, kind, status, worker_id,
/// error_type, skill.name}, the number that the figures of other products were measured with.
struct LabelSet {
    let testNumber: Int
    let worker: String
    let ending: Ending
    let skill: String

    /// How a routing test ended: its span status and the error type its attempts met.
    struct Ending {
        let isPassed: Bool
        let errorType: String
        let retryCount: Int
    }

    static let testCount = 123
    static let workers = ["gw0", "gw1", "gw2", "gw3", "master"]
    static let endings = [
        Ending(isPassed: true, errorType: "", retryCount: 0),
        Ending(isPassed: false, errorType: "", retryCount: 0),
        Ending(isPassed: true, errorType: "429", retryCount: 1),
        Ending(isPassed: true, errorType: "5xx", retryCount: 2),
        Ending(isPassed: true, errorType: "timeout", retryCount: 1),
        Ending(isPassed: false, errorType: "429", retryCount: 3),
    ]
    static let skills = [
        "jira-issue-search", "jira-issue-create", "jira-issue-transition", "jira-comment-thread",
        "jira-report-builder", "jira-sprint-planning",
    ]

    /// All sets, mixed by a fixed permutation so that neighbours in a request differ in every label.
    static func all() -> [LabelSet] {
        let count = testCount * workers.count * endings.count
        // 1,999 is prime and does not divide 3,690, so multiplying by it permutes the numbers below it.
        return (0..<count).map { position in
            let index = position * 1_999 % count
            let test = index % testCount
            let worker = index / testCount % workers.count
            let ending = index / testCount / workers.count
            return LabelSet(
                testNumber: test + 1,
                worker: workers[worker],
                ending: endings[ending],
                skill: skills[test % skills.count]
            )
        }
    }

    /// `routing_test_TC007`, or `routing_step_TC007` of an app.
    func spanName(isTest: Bool) -> String {
        let digits = String(testNumber)
        let zeros = String(repeating: "0", count: max(0, 3 - digits.count))
        return (isTest ? "routing_test_TC" : "routing_step_TC") + zeros + digits
    }
}
