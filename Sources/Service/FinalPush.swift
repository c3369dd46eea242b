import Configuration
import Delivery
import Glibc
import Logging
import NIOPosix

/// The push of all values by remote write, for when nobody will scrape them any more.
struct FinalPush: Sendable {
    let settings: Settings.RemoteWrite
    let source: MetricsSource
    let userAgent: String
    let log: Logger

    /// Samples in one request: Prometheus sends 2,000, too, and receivers are sized for that.
    static let samplesPerRequest = 2_000
    /// Tokens are some hundred bytes; a file beyond this is something else.
    private static let tokenByteCountMax = 64 << 10

    /// Pushes, and logs what became of it. Takes at most `remote_write.deadline`.
    func run() async {
        let report: RemoteWriteReport
        do {
            // libcurl blocks, and neither event loops nor Swift's own threads are for that.
            report = try await NIOThreadPool.singleton.runIfActive { try push() }
        } catch {
            log.error("nothing pushed by remote write", metadata: ["problem": "\(error)"])
            return
        }
        let counts: Logger.Metadata = [
            "samples": "\(report.sampleCount)", "acknowledged": "\(report.acknowledgedCount)",
            "refused": "\(report.refusedCount)", "unsent": "\(report.unsentCount)",
            "requests": "\(report.requestCount)", "version": "\(report.version.rawValue)",
        ]
        if report.isComplete {
            log.info("pushed by remote write", metadata: counts)
        } else {
            log.error(
                "not everything pushed by remote write",
                metadata: counts.merging(["problem": "\(report.problem ?? "")"]) { $1 })
        }
    }

    /// Pushes the values of this moment; blocks the thread.
    func push() throws -> RemoteWriteReport {
        var endpoint = RemoteWriteEndpoint(
            url: settings.url, headers: settings.headers.map { HeaderField($0.name, $0.value) },
            timeout: settings.timeout)
        if let token = try settings.bearerToken ?? settings.bearerTokenFile.map(Self.token) {
            endpoint.headers.append(HeaderField("Authorization", "Bearer \(token)"))
        }
        var writer = try RemoteWriter(endpoint, userAgent: userAgent, clock: .system)
        var messages = RemoteWriteMessages(source, labels: labels)
        return writer.push(deadline: .now + settings.deadline) { messages.next() }
    }

    private var labels: [(name: String, value: String)] {
        var labels = settings.labels.map { (name: $0.name, value: $0.value) }
        if !labels.contains(where: { $0.name == "instance" }) { labels.append(("instance", Self.hostName)) }
        return labels
    }

    private static var hostName: String {
        // Linux has names of at most 64 bytes.
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The token in a file, without the line break at its end.
    private static func token(_ path: FilePath) throws(FinalPushError) -> String {
        guard let line = SecretFile.firstLine(path) else { throw .unreadableToken(path.text) }
        return line
    }
}

/// Why nothing could be pushed.
enum FinalPushError: Error, Equatable, CustomStringConvertible {
    /// The file of the token cannot be read, or there is none in it.
    case unreadableToken(String)

    var description: String {
        switch self {
        case .unreadableToken(let path):
            "remote_write.bearer_token_file is '\(path)'; wanted a file with a token that can be read"
        }
    }
}

extension RemoteWriteClock {
    /// The machine's clocks.
    fileprivate static let system = RemoteWriteClock(
        now: { .now },
        secondsSince1970: { Int64(time(nil)) },
        sleep: { pause in
            let (seconds, attoseconds) = pause.components
            var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
            // A signal ends the wait early; what is left is waited for then.
            var left = timespec()
            while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
        })
}
