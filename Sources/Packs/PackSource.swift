/// A pack's text before it is read.
package struct PackSource: Sendable {
    /// As messages name it: a path, or `built-in/NAME.yaml`.
    package let file: String
    package let text: String
    package let isBuiltIn: Bool
    /// Whether it is in force whatever the configuration says: the heads of the boards are in it.
    let isAlwaysOn: Bool

    package init(file: String, text: String, isBuiltIn: Bool = false) {
        self.init(file: file, text: text, isBuiltIn: isBuiltIn, isAlwaysOn: false)
    }

    private init(file: String, text: String, isBuiltIn: Bool, isAlwaysOn: Bool) {
        self.file = file
        self.text = text
        self.isBuiltIn = isBuiltIn
        self.isAlwaysOn = isAlwaysOn
    }

    /// The packs in the binary, in the order of the documentation.
    package static let builtIn: [PackSource] = [
        PackSource(name: "spanmetrics", bytes: PackageResources.spanmetrics_yaml),
        PackSource(name: "tests", bytes: PackageResources.tests_yaml),
        PackSource(name: "routing-tests", bytes: PackageResources.routing_tests_yaml),
        PackSource(name: "experiments", bytes: PackageResources.experiments_yaml),
        PackSource(name: "genai", bytes: PackageResources.genai_yaml),
        PackSource(name: "http", bytes: PackageResources.http_yaml),
        PackSource(name: "spanmeter", bytes: PackageResources.spanmeter_yaml, isAlwaysOn: true),
    ]

    /// What every pack has: the fields of the common labels and the named bucket layouts.
    package static let common = PackSource(name: "common", bytes: PackageResources.common_yaml)

    private init(name: String, bytes: [UInt8], isAlwaysOn: Bool = false) {
        self.init(
            file: "built-in/\(name).yaml", text: String(decoding: bytes, as: UTF8.self), isBuiltIn: true,
            isAlwaysOn: isAlwaysOn)
    }
}
