/// What an answer to a request of remote write means for its samples.
///
/// Source: the specifications of remote write 1.0 and 2.0, "Retries & Backoff" and "Required Written Response Headers".
enum RemoteWriteVerdict: Equatable {
    /// Taken: so many of its samples; the rest will never be.
    case acknowledged(Int, problem: String?)

    /// The receiver does not know version 2: the same samples are to be sent in version 1.
    case fallBack

    /// Not now: the same again after a wait, which the receiver may have named.
    case retry(after: Duration?, problem: String)

    /// Never these samples; others may be taken.
    case refused(problem: String)

    /// Never any: there is no such receiver, or it does not let us in.
    case hopeless(problem: String)

    /// Judges an answer.
    ///
    /// - Parameter now: seconds since 1970, for a Retry-After that is a date.
    init(_ response: HTTPResponse, version: RemoteWriteVersion, sampleCount: Int, now: Int64) {
        let written = response.headers["X-Prometheus-Remote-Write-Samples-Written"].flatMap { Int($0) }
        let problem = "\(response.status)" + Self.words(of: response)
        switch response.status {
        case 200...299:
            if version == .version1 {
                self = .acknowledged(sampleCount, problem: nil)
            } else if let written {
                let missing = max(0, sampleCount - written)
                let note = missing > 0 ? "\(problem): \(missing) of \(sampleCount) samples not written" : nil
                self = .acknowledged(min(written, sampleCount), problem: note)
            } else {
                self = .fallBack
            }
        case 415 where version == .version2: self = .fallBack
        case 400 where version == .version2 && written == nil: self = .fallBack
        case 400 where written != nil:
            self = .acknowledged(min(written ?? 0, sampleCount), problem: problem)
        case 429, 500...599:
            let wait = response.headers["Retry-After"].flatMap { RetryAfter.wait($0, now: now) }
            self = .retry(after: wait, problem: problem)
        case 401, 403, 404, 405, 407, 410, 415: self = .hopeless(problem: problem)
        case 300...399: self = .hopeless(problem: problem)
        default: self = .refused(problem: problem)
        }
    }

    /// The first line of the body, which receivers write for people; no more than fits a log line.
    private static func words(of response: HTTPResponse) -> String {
        let text = String(decoding: response.body.prefix(200), as: UTF8.self)
        let line = text.prefix { !$0.isNewline }
        return line.isEmpty ? "" : ": \(line)"
    }
}
