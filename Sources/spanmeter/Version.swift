/// The version of this build.
enum Version {
    /// As `spanmeter --version` prints it.
    static let current = "0.1.0"

    /// How requests of ours name their sender.
    static let userAgent = "spanmeter/\(current)"
}
