import MetricModel
import NIOHTTP1
import Synchronization

/// What may be asked for about skills on the scrape port: a look at once, by a command or by a webhook.
package final class SkillDoor: Sendable {
    static let refreshPath = "/-/skills/refresh"
    static let webhookPath = "/webhooks/github"

    /// What a body is checked as it comes; nil for one that is not looked at.
    enum Request {
        case refresh
        case webhook(Webhook.Claim, Webhook.Check)

        /// What a body may have.
        var byteCountMax: Int {
            switch self {
            case .refresh: 1 << 10
            case .webhook: Webhook.byteCountMax
            }
        }
    }

    /// What is to be answered.
    enum Answer {
        case now(HTTPResponseStatus, String)
        /// When the look is over.
        case look
    }

    let watch: SkillWatch
    private let webhook: Webhook?
    /// Called with what is to be kept over a restart.
    private let keep: @Sendable ([UInt8]) -> Void
    private let counts = Mutex([String: Int]())

    /// What becomes of deliveries.
    static let results = ["accepted", "ignored", "unsigned", "wrong_signature", "repeated", "too_large"]

    init(_ watch: SkillWatch, _ webhook: Webhook?, keep: @escaping @Sendable ([UInt8]) -> Void) {
        self.watch = watch
        self.webhook = webhook
        self.keep = keep
    }

    /// Deliveries by what became of them.
    var deliveryCounts: [(result: String, count: Int)] {
        counts.withLock { counts in Self.results.map { ($0, counts[$0] ?? 0) } }
    }

    /// What a request to one of the two paths is; nil for any other.
    func request(_ head: HTTPRequestHead) -> Request? {
        guard head.method == .POST else { return nil }
        switch head.uri.prefix(while: { $0 != "?" }) {
        case Self.refreshPath[...]: return .refresh
        case Self.webhookPath[...]:
            guard let webhook else { return nil }
            let headers = head.headers
            return .webhook(
                Webhook.Claim(
                    signature: headers.first(name: "x-hub-signature-256"),
                    delivery: headers.first(name: "x-github-delivery"),
                    event: headers.first(name: "x-github-event")), webhook.check())
        default: return nil
        }
    }

    /// Notes a body that was too large.
    func refuse(_ request: Request) {
        if case .webhook = request { count("too_large") }
    }

    /// Answers a request whose body is there.
    func answer(_ request: Request) -> Answer {
        guard case .webhook(let claim, let check) = request, let webhook else { return .look }
        switch webhook.judge(claim, check) {
        case .unsigned:
            count("unsigned")
            return .now(
                .unauthorized, "wanted X-Hub-Signature-256, X-GitHub-Delivery and X-GitHub-Event\n")
        case .wrongSignature:
            count("wrong_signature")
            return .now(.unauthorized, "the signature is not that of the configured secret\n")
        case .repeated:
            count("repeated")
            return .now(.conflict, "this delivery was taken before\n")
        case .accepted(let event):
            keep(Webhook.encode(webhook.remembered))
            guard event == "push" else {
                count("ignored")
                return .now(.ok, "nothing to do\n")
            }
            count("accepted")
            // Whoever sends it waits for ten seconds only, and cannot help it if the look fails.
            watch.look { _ in }
            return .now(.accepted, "the repository is looked at\n")
        }
    }

    private func count(_ result: String) {
        counts.withLock { $0[result, default: 0] += 1 }
    }
}
