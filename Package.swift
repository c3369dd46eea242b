// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A Swift module of ours; `imports` is the row of the table in README.md, Architecture.
func module(_ name: String, _ imports: [String] = [], _ libraries: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: imports.map { .target(name: $0) } + libraries,
        swiftSettings: strict
    )
}

func tests(_ name: String, _ imports: [String], _ libraries: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: imports.map { .target(name: $0) } + libraries,
        swiftSettings: strict
    )
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOHTTP2", package: "swift-nio-http2"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "spanmeter",
    products: [
        .executable(name: "spanmeter", targets: ["spanmeter"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CProtobuf", linkerSettings: [.linkedLibrary("protobuf-c")]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        module("MetricModel"),
        module("Configuration", [], [yams]),
        module("OTLP", ["CProtobuf"]),
        module("Packs", ["MetricModel"], [yams]),
        module("Derivation", ["OTLP", "Packs", "MetricModel"]),
        module("Registry", ["MetricModel"]),
        module("Exposition", ["MetricModel"]),
        module("Delivery", ["CCurl", "MetricModel"]),
        module(
            "Service",
            [
                "CZlib", "MetricModel", "Configuration", "OTLP", "Packs", "Derivation", "Registry", "Exposition",
            ],
            nio + [logging]
        ),
        .executableTarget(
            name: "spanmeter",
            dependencies: [
                "Configuration", "Delivery", "Derivation", "MetricModel", "OTLP", "Packs", "Service", arguments,
                logging,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "load",
            dependencies: nio + [
                arguments, .product(name: "NIOHPACK", package: "swift-nio-http2"), .target(name: "CZlib"),
            ],
            path: "Tests/load",
            swiftSettings: strict
        ),
        tests("Architecture", []),
        tests("OTLP", ["OTLP"]),
        tests("Packs", ["Packs", "MetricModel"], [yams]),
        tests("Derivation", ["Derivation", "Packs", "OTLP", "MetricModel", "Registry", "Exposition"]),
        tests("Registry", ["Registry", "MetricModel"]),
        tests("Exposition", ["Exposition", "MetricModel"]),
        tests("Configuration", ["Configuration"]),
        tests("Delivery", ["Delivery"]),
        tests("Service", ["Service", "OTLP", "Configuration", "MetricModel"], nio),
        tests("Command", []),
    ]
)
