/// A value below `packs.options`; what it means is the pack's to say.
package enum PackOptionValue: Sendable, Equatable {
    /// A quoted scalar, or a plain one that is nothing else.
    case text(String)

    /// A plain scalar of digits; finite.
    case number(Double)

    /// `true` or `false`.
    case flag(Bool)

    /// A sequence of scalars, as their texts.
    case list([String])
}

/// One entry below `packs.options`, with its place for the messages of those who check it.
package struct PackOption: Sendable, Equatable {
    /// The pack's name.
    package let pack: String

    /// The option's name.
    package let name: String

    /// What was written.
    package let value: PackOptionValue

    /// Where it was written.
    package let origin: ValueOrigin

    /// Describes an option of a pack.
    package init(pack: String, name: String, value: PackOptionValue, origin: ValueOrigin) {
        self.pack = pack
        self.name = name
        self.value = value
        self.origin = origin
    }
}
