/// The Prometheus whose grammar and functions an expression is held against.
///
/// Most of the language is common to both; what differs is asked of the properties here.
package enum PromQLDialect: String, CaseIterable, Sendable {
    /// Debian bookworm's; the oldest one that our rules must load in.
    case prometheus2 = "2.42"
    /// The long-term release of the third line, without its experimental features.
    case prometheus3 = "3.5"

    /// `{"http.requests"}`, `{"a.b"="c"}`, `by ("a.b")`, `by (a:b)`.
    var allowsQuotedNames: Bool { self == .prometheus3 }

    /// A duration is a number of seconds: `x[300]`, `x offset +5m`, `time() + 1h`.
    var durationsAreNumbers: Bool { self == .prometheus3 }

    /// `1_000`.
    var allowsUnderscoresInNumbers: Bool { self == .prometheus3 }

    /// `(?<name>…)` beside `(?P<name>…)` in a regular expression, which came with Go 1.22.
    var allowsShortGroupNames: Bool { self == .prometheus3 }
}
