/// A setting of a pack, as the configuration gives it.
package enum OptionValue: Sendable, Equatable {
    case text(String)
    case list([String])
}

/// The settings of all packs: pack name → option name → value.
package typealias PackOptions = [String: [String: OptionValue]]
