/// An expression of a pack: total, without loops, over one span.
///
/// A missing value propagates: arithmetic and comparisons with it are missing, `if` and selectors take a
/// missing condition for false, and what is finally missing is not counted.
package indirect enum Expression: Hashable, Sendable {
    /// The first of these attributes that is present and convertible to what is wanted, nearest layer first.
    case attributes([String])
    case intrinsic(Intrinsic)
    case text(String)
    case number(Double)
    case truth(Bool)
    /// A field of the pack's vocabulary by its number there.
    case field(Int)
    case arithmetic(Arithmetic, Expression, Expression)
    case comparison(Comparison, Expression, Expression)
    case all([Expression])
    case any([Expression])
    case not(Expression)
    /// Whether the text matches a pattern.
    case matches(Expression, TextPattern)
    /// Whether there is a value that is not the empty text.
    case has(Expression)
    /// The sum of those that are present; missing when none is.
    case sum([Expression])
    /// The first that is present and not the empty text.
    case first([Expression])
    /// Whether an array attribute has this text among its elements.
    case contains(Expression, String)
    /// The value of the first case whose condition holds.
    case cases([Case], otherwise: Expression?)
    /// The entry of a table by text.
    case map(Expression, [Entry], otherwise: Expression?)
    /// The texts that are there, one after another; missing where none is.
    case concat([Expression])
    /// What a pattern's first star stands for in a text that matches it; else missing.
    case star(Expression, TextPattern)
    /// Whether the text names a commit: 40 or 64 hex digits, or 7 to 39 with a letter and a digit among them.
    case isCommit(Expression)
    /// The first of these attributes that is there, of the span's events with such a name.
    case event(TextPattern, [String])
    /// The seconds from the span's start to its first event with such a name.
    case eventDelay(TextPattern)
    /// The value that a path of names leads to in a text that is a JSON object; see `JSONMember`.
    case json(Expression, [String])
    /// What a relation of the span to others says; the relation's name, `pack/relation`.
    case relation(String)

    /// A condition and its value.
    package struct Case: Hashable, Sendable {
        package let when: Expression
        package let value: Expression

        package init(when: Expression, value: Expression) {
            self.when = when
            self.value = value
        }
    }

    /// A text pattern and the value it stands for.
    package struct Entry: Hashable, Sendable {
        package let pattern: TextPattern
        package let value: Expression

        package init(pattern: TextPattern, value: Expression) {
            self.pattern = pattern
            self.value = value
        }
    }

    package enum Arithmetic: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
    }

    package enum Comparison: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
}

/// What a span has besides attributes; the raw value is its name in expressions.
package enum Intrinsic: String, CaseIterable, Sendable {
    case name = "span.name"
    /// `unspecified`, `internal`, `server`, `client`, `producer` or `consumer`.
    case kind = "span.kind"
    /// `unset`, `ok` or `error`.
    case status = "span.status"
    case statusMessage = "span.status_message"
    /// Seconds.
    case duration = "span.duration"
    /// The encoded size in bytes.
    case size = "span.size"
    /// The calendar day on which it ended, in the configured time zone: `2026-11-21`.
    case day = "span.day"
    /// Whether the span has no parent.
    case isRoot = "span.is_root"
    case scopeName = "scope.name"
    case scopeVersion = "scope.version"

    /// The texts of `span.kind` by OTLP's number.
    package static let kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"]

    /// The texts of `span.status` by OTLP's number.
    package static let statuses = ["unset", "ok", "error"]
}

/// A glob with `*` for any bytes, split at the stars.
package struct TextPattern: Hashable, Sendable {
    /// As written.
    package let source: String
    /// The literal pieces; one piece means the whole text.
    package let pieces: [[UInt8]]

    package init(_ source: String) {
        self.source = source
        pieces = source.split(separator: "*", omittingEmptySubsequences: false).map { [UInt8]($0.utf8) }
    }

    /// A pattern that is met by `text` alone, stars included.
    package init(literal text: String) {
        source = text
        pieces = [[UInt8](text.utf8)]
    }

    init(source: String, pieces: [[UInt8]]) {
        self.source = source
        self.pieces = pieces
    }

    package var isLiteral: Bool { pieces.count == 1 }
}
