/// What a request's `Accept-Encoding` headers say of gzip (RFC 9110, 12.5.3).
enum AcceptEncoding {
    /// True when gzip is named, directly or by `*`, with a weight above 0 that is not below identity's.
    static func prefersGzip(_ values: [String]) -> Bool {
        var gzip: Double?
        var identity: Double?
        var any: Double?
        for value in values {
            for part in value.split(separator: ",") {
                let fields = part.split(separator: ";", omittingEmptySubsequences: false)
                guard let name = fields.first?.trimmedOfBlanks else { continue }
                let weight = weight(fields.dropFirst())
                if name.equalsIgnoringCase("gzip") || name.equalsIgnoringCase("x-gzip") {
                    gzip = weight
                } else if name.equalsIgnoringCase("identity") {
                    identity = weight
                } else if name == "*" {
                    any = weight
                }
            }
        }
        guard let gzip = gzip ?? any, gzip > 0 else { return false }
        return gzip >= identity ?? 0
    }

    /// The `q` among the parameters; 1 when there is none, 0 when it is no weight.
    private static func weight(_ parameters: ArraySlice<Substring>) -> Double {
        for parameter in parameters {
            guard let text = parameter.trimmedOfBlanks, text.prefix(2).equalsIgnoringCase("q=") else {
                continue
            }
            guard let weight = Double(text.dropFirst(2)), (0...1).contains(weight) else { return 0 }
            return weight
        }
        return 1
    }
}
