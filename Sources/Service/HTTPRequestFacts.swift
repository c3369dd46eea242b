import NIOHTTP1
import OTLP

/// What an HTTP request head says that matters to the receiver, read in one pass over its headers.
struct HTTPRequestFacts {
    /// The media type, without its parameters.
    enum ContentType {
        case missing
        case protobuf
        case json
        case other(String)
    }

    /// The content encoding.
    enum Encoding: Equatable {
        case identity
        case gzip
        case other(String)
    }

    /// What the peer waits for before it sends the body.
    enum Expectation {
        case none
        case `continue`
        case other(String)
    }

    /// The one path that is served.
    static let tracesPath = "/v1/traces"

    /// By the path.
    var signal: Signal
    /// The one method that is served.
    var isPost: Bool
    /// The answer has no body.
    var isHead: Bool
    /// What the body is.
    var contentType = ContentType.missing
    /// How the body is encoded.
    var encoding = Encoding.identity
    /// What the peer waits for.
    var expectation = Expectation.none
    /// The declared length; nil when there is none.
    var contentLength: Int?
    /// The body comes in chunks.
    var isChunked = false

    /// Reads the head of one request.
    init(_ head: HTTPRequestHead) {
        signal = Self.signal(of: head.uri)
        isPost = head.method == .POST
        isHead = head.method == .HEAD
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 6 where name.equalsIgnoringCase("expect"):
                expectation = value.equalsIgnoringCase("100-continue") ? .continue : .other(value)
            case 12 where name.equalsIgnoringCase("content-type"):
                contentType = Self.contentType(of: value)
            case 14 where name.equalsIgnoringCase("content-length"):
                contentLength = Int(value)
            case 16 where name.equalsIgnoringCase("content-encoding"):
                encoding = Self.encoding(of: value)
            case 17 where name.equalsIgnoringCase("transfer-encoding"):
                isChunked = true
            default:
                break
            }
        }
    }

    /// True when bytes follow the head.
    var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

    /// The answer to a request that is refused for its head alone, or nil.
    func refusal(bodyByteCountMax: Int) -> HTTPAnswer? {
        switch signal {
        case .traces:
            break
        case .metrics, .logs:
            return .error(.notFound, .unimplemented, "\(signal.rawValue) are not taken here, only traces are")
        case .other:
            return .error(
                .notFound, .notFound, "there is nothing at this path, traces go to \(Self.tracesPath)")
        }
        guard isPost else {
            return .error(
                .methodNotAllowed, .unimplemented, "\(Self.tracesPath) takes POST", extra: .allowPost)
        }
        if let message = mediaTypeProblem {
            return .error(.unsupportedMediaType, .invalidArgument, message)
        }
        if case .other(let value) = expectation {
            return .error(.expectationFailed, .invalidArgument, "expectation '\(value.cut)' is not known")
        }
        if let contentLength, contentLength > bodyByteCountMax {
            return .tooLarge(bodyByteCountMax)
        }
        return nil
    }

    private var mediaTypeProblem: String? {
        let wanted = "wanted application/x-protobuf"
        switch contentType {
        case .protobuf: break
        case .missing: return "content type is missing, \(wanted)"
        case .json: return "JSON is not supported yet, \(wanted)"
        case .other(let type): return "content type '\(type.cut)' is not supported, \(wanted)"
        }
        if case .other(let name) = encoding {
            return "content encoding '\(name.cut)' is not supported, wanted gzip or identity"
        }
        return nil
    }

    private static func signal(of uri: String) -> Signal {
        if uri == tracesPath { return .traces }
        let path = uri.utf8.prefix { $0 != UInt8(ascii: "?") }
        if path.elementsEqual(tracesPath.utf8) { return .traces }
        if path.elementsEqual("/v1/metrics".utf8) { return .metrics }
        if path.elementsEqual("/v1/logs".utf8) { return .logs }
        return .other
    }

    private static func contentType(of value: String) -> ContentType {
        if value.equalsIgnoringCase("application/x-protobuf") { return .protobuf }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        guard let name = Substring(type).trimmedOfBlanks else { return .missing }
        if name.equalsIgnoringCase("application/x-protobuf") { return .protobuf }
        if name.equalsIgnoringCase("application/json") { return .json }
        return .other(String(name))
    }

    private static func encoding(of value: String) -> Encoding {
        guard let name = value[...].trimmedOfBlanks else { return .identity }
        if name.equalsIgnoringCase("gzip") || name.equalsIgnoringCase("x-gzip") { return .gzip }
        if name.equalsIgnoringCase("identity") { return .identity }
        return .other(String(name))
    }
}
