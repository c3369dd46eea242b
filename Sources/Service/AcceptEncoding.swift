/// What a request's `Accept-Encoding` headers say of gzip (RFC 9110, 12.5.3).
enum AcceptEncoding {
    /// True when gzip is named, directly or by `*`, with a weight above 0 that is not below identity's.
    static func prefersGzip(_ values: [String]) -> Bool {
        var gzip: Double?
        var identity: Double?
        var any: Double?
        for element in AcceptList(values).elements {
            switch element.name {
            case "gzip", "x-gzip": gzip = element.weight
            case "identity": identity = element.weight
            case "*": any = element.weight
            default: break
            }
        }
        guard let gzip = gzip ?? any, gzip > 0 else { return false }
        return gzip >= identity ?? 0
    }
}
