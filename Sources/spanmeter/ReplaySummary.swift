/// What became of a replay's requests.
struct ReplaySummary {
    /// How many refusals are shown in full: enough to see why, not a flood.
    private static let shownRefusalCountMax = 5

    /// How many bytes of a receiver's words are shown.
    private static let messageLengthMax = 200

    /// Requests with a final answer.
    private(set) var requestCount = 0

    /// Those of them that were refused.
    private(set) var refusedCount = 0

    private var byteCount = 0
    private var retryCount = 0
    private var rejectedCount = 0
    private var partialCount = 0
    private var partialMessage = ""
    private var answerCounts: [String: Int] = [:]
    private var refusals: [String] = []

    /// From the start to the last answer.
    var duration = Duration.zero

    /// Adds the final answer to a request.
    mutating func count(_ answer: ReplayAnswer, of path: String, byteCount: Int, retryCount: Int) {
        requestCount += 1
        self.byteCount += byteCount
        self.retryCount += retryCount
        answerCounts[answer.code, default: 0] += 1
        if answer.rejected > 0 {
            rejectedCount += answer.rejected
            partialCount += 1
            if partialMessage.isEmpty { partialMessage = Self.shown(answer.message) }
        }
        guard !answer.isAccepted else { return }
        refusedCount += 1
        if refusals.count < Self.shownRefusalCountMax {
            let message = Self.shown(answer.message)
            refusals.append("  \(path): \(answer.code)\(message.isEmpty ? "" : ", \(message)")")
        }
    }

    /// The summary for people, several lines.
    func text(skippedCount: Int) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        var lines = ["\(Self.counted(requestCount, "request")), \(byteCount) bytes, \(milliseconds) ms"]
        let answers = answerCounts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
        lines.append("answers: \(answers.joined(separator: ", "))")
        if retryCount > 0 { lines.append("sent again on request: \(retryCount)") }
        if partialCount > 0 {
            let reason = partialMessage.isEmpty ? "" : ": \(partialMessage)"
            lines.append(
                "rejected: \(Self.counted(rejectedCount, "span")) in \(Self.counted(partialCount, "request"))\(reason)"
            )
        }
        if skippedCount > 0 { lines.append("skipped files that are no captures: \(skippedCount)") }
        if refusedCount > 0 {
            lines.append("refused: \(Self.counted(refusedCount, "request"))")
            lines += refusals
            if refusedCount > refusals.count { lines.append("  and \(refusedCount - refusals.count) more") }
        }
        return lines.joined(separator: "\n")
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// A receiver's words on one line, cut, without control characters that a terminal would obey.
    private static func shown(_ message: String) -> String {
        let line = message.unicodeScalars.prefix(messageLengthMax).map { scalar in
            scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? " " : Character(scalar)
        }
        return String(line)
    }
}
