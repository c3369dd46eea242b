extension Settings {
    /// The final push by remote write.
    package struct RemoteWrite: Sendable, Equatable {
        /// Where to, `http` or `https`; a secret.
        package var url: String

        /// The token itself, if it is configured; a secret.
        package var bearerToken: String?

        /// The file that has it, if one is named.
        package var bearerTokenFile: FilePath?

        /// Names and values; secrets.
        package var headers: [Pair]

        /// Labels that every series gets, `instance` only if it is configured.
        package var labels: [Pair]

        /// The time of one request.
        package var timeout: Duration

        /// The time of all.
        package var deadline: Duration

        /// A header or a label.
        package struct Pair: Sendable, Equatable {
            /// What stands on the left.
            package let name: String

            /// What stands on the right; not empty.
            package let value: String
        }

        /// Reads `NAME: VALUE`; nil where it is something else.
        static func header(_ text: String) -> Pair? {
            guard let colon = text.firstIndex(of: ":") else { return nil }
            let name = text[..<colon].trimmed
            let value = text[text.index(after: colon)...].trimmed
            // RFC 9110, 5.6.2: what a token may have besides letters and digits.
            let isToken = name.utf8.allSatisfy {
                Character(Unicode.Scalar($0)).isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
            let isLine = value.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
            return isToken && isLine && !name.isEmpty && !value.isEmpty ? Pair(name: name, value: value) : nil
        }

        /// Reads `NAME=VALUE`; nil where it is something else.
        static func label(_ text: String) -> Pair? {
            guard let equals = text.firstIndex(of: "=") else { return nil }
            let name = text[..<equals].trimmed
            let value = text[text.index(after: equals)...].trimmed
            let isName = name.utf8.allSatisfy { Character(Unicode.Scalar($0)).isLetterOrDigit || $0 == 0x5f }
            guard isName, let first = name.first, !first.isNumber, !name.hasPrefix("__"), !value.isEmpty
            else {
                return nil
            }
            return Pair(name: name, value: value)
        }
    }

    /// What the options say of it; nil without an address.
    static func remoteWrite(
        _ resolver: inout SettingsResolver, base: (ValueOrigin) -> String?, home: String?
    ) -> RemoteWrite? {
        let url = resolver.value(Options.RemoteWrite.url)
        let token = resolver.value(Options.RemoteWrite.bearerToken)
        let file = resolver.value(Options.RemoteWrite.bearerTokenFile)
        let headers = resolver.value(Options.RemoteWrite.headers)
        let labels = resolver.value(Options.RemoteWrite.labels)
        let timeout = resolver.value(Options.RemoteWrite.timeout)
        let deadline = resolver.value(Options.RemoteWrite.deadline)
        if token != nil, file != nil {
            resolver.report(
                resolver.origin(of: Options.RemoteWrite.bearerTokenFile),
                "remote_write.bearer_token and remote_write.bearer_token_file are both set; wanted one of them"
            )
        }
        guard let url, let headers, let labels, let timeout, let deadline else { return nil }
        return RemoteWrite(
            url: url, bearerToken: token,
            bearerTokenFile: file?.resolved(
                base: base(resolver.origin(of: Options.RemoteWrite.bearerTokenFile)), home: home),
            headers: headers.compactMap { RemoteWrite.header($0) },
            labels: labels.compactMap { RemoteWrite.label($0) }, timeout: timeout, deadline: deadline
        )
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
