import Foundation

/// What OpenTelemetry's variables say of the resource: the same that an SDK would send.
struct ResourceVariables {
    let service: String?
    /// In their order; of a key that comes twice both.
    let attributes: [(String, String)]

    private static let serviceName = "OTEL_SERVICE_NAME"
    static let resource = "OTEL_RESOURCE_ATTRIBUTES"

    init(_ environment: [String: String]) {
        service = environment[Self.serviceName].flatMap { $0.isEmpty ? nil : $0 }
        attributes = (environment[Self.resource] ?? "").split(separator: ",").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let words = parts.map { part in
                part.trimmingPrefix { $0 == " " }.removingPercentEncoding ?? String(part)
            }
            return words[0].isEmpty ? nil : (words[0], words[1])
        }
    }
}
