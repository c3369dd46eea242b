import NIOHPACK
import OTLP

/// What a gRPC request's headers say that matters to the receiver, read in one pass.
struct GRPCRequestFacts {
    /// The one method that is served.
    static let tracesPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
    private static let metricsPath = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
    private static let logsPath = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"

    /// By the path.
    var signal = Signal.other
    /// gRPC knows no other method.
    var isPost = false
    /// By the content type.
    var isGRPC = false
    /// A message may be compressed.
    var isGzip = false
    /// A grpc-encoding that we do not have.
    var unknownEncoding: String?

    /// Reads the headers of one request.
    init(_ headers: HPACKHeaders) {
        for (name, value, _) in headers {
            switch name {
            case ":path": signal = Self.signal(of: value)
            case ":method": isPost = value == "POST"
            case "content-type": isGRPC = Self.isGRPC(value)
            case "grpc-encoding":
                if value == "gzip" {
                    isGzip = true
                } else if value != "identity" {
                    unknownEncoding = value
                }
            default: break
            }
        }
    }

    /// The answer to a request that is refused for its headers alone, or nil.
    var refusal: GRPCAnswer? {
        guard isPost else { return .http(.methodNotAllowed, .unimplemented, "gRPC takes POST") }
        guard isGRPC else {
            return .http(
                .unsupportedMediaType, .invalidArgument,
                "over HTTP/2 only gRPC is taken, wanted application/grpc; OTLP/HTTP comes over HTTP/1.1")
        }
        switch signal {
        case .traces: break
        case .metrics, .logs:
            return .error(.unimplemented, "\(signal.rawValue) are not taken here, only traces are")
        case .other: return .error(.unimplemented, "method is not known, traces go to \(Self.tracesPath)")
        }
        if let unknownEncoding {
            return .error(
                .unimplemented,
                "grpc-encoding '\(unknownEncoding.cut)' is not supported, wanted gzip or identity"
            )
            .acceptingGzip
        }
        return nil
    }

    private static func signal(of path: String) -> Signal {
        switch path {
        case tracesPath: .traces
        case metricsPath: .metrics
        case logsPath: .logs
        default: .other
        }
    }

    /// `application/grpc`, alone or with a suffix or parameters; `application/grpc-web` is another protocol.
    private static func isGRPC(_ type: String) -> Bool {
        guard type.prefix(16).equalsIgnoringCase("application/grpc") else { return false }
        guard let next = type.utf8.dropFirst(16).first else { return true }
        return next == UInt8(ascii: "+") || next == UInt8(ascii: ";") || next == UInt8(ascii: " ")
    }
}
