/// The attribute keys that the packs in force read, each with its slot number.
package struct AttributeKeys: Sendable {
    /// In slot order.
    package let keys: [String]

    /// - Parameter keys: distinct keys; slot n is the n-th of them.
    package init(_ keys: [String]) {
        self.keys = keys
    }
}
