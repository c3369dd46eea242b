// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // The hot path crosses four modules; without this every small accessor is a call. Allowed because this
    // package is an application: nobody depends on it.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// A Swift module of ours; `imports` is the row of the table in README.md, Architecture.
func module(
    _ name: String, _ imports: [String] = [], _ libraries: [Target.Dependency] = [],
    resources: [Resource] = []
) -> Target {
    .target(
        name: name,
        dependencies: imports.map { .target(name: $0) } + libraries,
        resources: resources,
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
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"),
    .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "spanmeter",
    products: [
        .executable(name: "spanmeter", targets: ["spanmeter"]),
        // For tests: SQLite as it is after a power cut or on a failing disk, loaded with LD_PRELOAD.
        .library(name: "testvfs", type: .dynamic, targets: ["CTestVFS"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    ],
    targets: [
        .target(
            name: "CProtobuf",
            exclude: ["proto", "regenerate"],
            linkerSettings: [.linkedLibrary("protobuf-c")]
        ),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CXXHash"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .target(name: "CCurl"),
        module("Bytes"),
        module("Reports", ["MetricModel", "CExpat"]),
        module("MetricModel", ["Bytes"]),
        module("Configuration", [], [yams]),
        module("OTLP", ["Bytes", "CProtobuf"]),
        module(
            "Packs", ["MetricModel"], [yams],
            resources: [
                .embedInCode("BuiltIn/common.yaml"),
                .embedInCode("BuiltIn/spanmetrics.yaml"),
                .embedInCode("BuiltIn/tests.yaml"),
                .embedInCode("BuiltIn/routing-tests.yaml"),
                .embedInCode("BuiltIn/experiments.yaml"),
                .embedInCode("BuiltIn/genai.yaml"),
                .embedInCode("BuiltIn/http.yaml"),
                .embedInCode("BuiltIn/spanmeter.yaml"),
            ]),
        module("Derivation", ["Bytes", "OTLP", "Packs", "MetricModel"]),
        module("Folding", ["Bytes", "Packs", "MetricModel"]),
        module("Registry", ["Bytes", "MetricModel"]),
        module("Dedupe", ["Bytes", "MetricModel", "CXXHash"]),
        module("Exposition", ["Bytes", "CProtobuf", "MetricModel"]),
        module("Kit", ["Configuration", "MetricModel", "Packs", "PromQL"]),
        module("Statistics"),
        module("PromQL"),
        module("Ledger", ["Bytes", "CXXHash", "MetricModel", "Statistics"], grdb),
        module("Delivery", ["CCurl", "CSnappy", "MetricModel"]),
        module("Pollers", ["MetricModel"], [crypto]),
        module(
            "Service",
            [
                "Bytes", "CZlib", "MetricModel", "Configuration", "OTLP", "Packs", "Derivation", "Registry",
                "Folding", "Dedupe", "Ledger", "Exposition", "Delivery", "Pollers",
            ],
            nio + [logging, crypto]
        ),
        .executableTarget(
            name: "spanmeter",
            dependencies: [
                "Bytes", "CMalloc", "CXXHash", "Configuration", "Delivery", "Derivation", "Kit", "Ledger",
                "MetricModel",
                "OTLP",
                "Packs", "Registry", "Reports", "Service", "Statistics", arguments, logging,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "load",
            dependencies: nio + [
                arguments, .product(name: "NIOHPACK", package: "swift-nio-http2"), "CZlib", "Traffic",
            ],
            path: "Tests/load",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "store", dependencies: ["Ledger", arguments] + grdb, path: "Tests/store",
            swiftSettings: strict),
        .executableTarget(
            name: "ledger-bench", dependencies: ["Ledger", "MetricModel", arguments], path: "Tests/ledger",
            swiftSettings: strict),
        .target(name: "ProtobufWriter", path: "Tests/ProtobufWriter", swiftSettings: strict),
        .target(
            name: "Traffic", dependencies: ["ProtobufWriter"], path: "Tests/Traffic", swiftSettings: strict),
        .target(
            name: "Stages",
            dependencies: [
                "Bytes", "Dedupe", "Derivation", "Exposition", "MetricModel", "OTLP", "Packs", "Registry",
            ],
            path: "Tests/Stages",
            swiftSettings: strict
        ),
        // Replaces malloc: only for a program that measures, never for one that is shipped.
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        .executableTarget(
            name: "hot",
            dependencies: ["CAllocationCount", "Packs", "Stages", "Traffic"],
            path: "Tests/hot",
            swiftSettings: strict
        ),
        .target(
            name: "Gzipped", dependencies: ["CZlib"], path: "Tests/Gzipped", swiftSettings: strict),
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
        tests("Architecture", [], [yams]),
        .target(
            name: "TraceOracle",
            path: "Tests/TraceOracle",
            exclude: ["proto", "regenerate"],
            linkerSettings: [.linkedLibrary("protobuf-c")]
        ),
        .target(
            name: "Captures", dependencies: ["Gzipped"], path: "Tests/Captures", swiftSettings: strict),
        .target(
            name: "TraceSamples",
            dependencies: ["Bytes", "OTLP", "SeededRandom", "TraceOracle"],
            path: "Tests/TraceSamples",
            swiftSettings: strict
        ),
        tests("Reports", ["Reports", "MetricModel"]),
        tests("OTLP", ["Bytes", "Captures", "CProtobuf", "OTLP", "SeededRandom", "TraceSamples"]),
        tests("Packs", ["Packs", "MetricModel"], [yams]),
        .target(
            name: "TraceBuilder", dependencies: ["ProtobufWriter"], path: "Tests/TraceBuilder",
            swiftSettings: strict),
        tests(
            "Derivation",
            [
                "Bytes", "Derivation", "Packs", "OTLP", "MetricModel", "Registry", "Exposition",
                "Captures", "SeededRandom", "TraceBuilder", "TraceSamples",
            ]
        ),
        tests("MetricModel", ["Bytes", "MetricModel", "SeededRandom"]),
        tests(
            "Folding",
            [
                "Bytes", "Captures", "Derivation", "Folding", "MetricModel", "OTLP", "Packs",
                "SeededRandom", "TraceBuilder",
            ]
        ),
        tests("Registry", ["Bytes", "Registry", "MetricModel", "SeededRandom"]),
        tests("Dedupe", ["Bytes", "Dedupe", "MetricModel", "SeededRandom"]),
        tests("Exposition", ["CProtobuf", "Exposition", "MetricModel"]),
        tests("Configuration", ["Configuration"]),
        tests("Kit", ["Configuration", "Kit", "MetricModel", "Packs", "PromQL"]),
        .target(
            name: "TestServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
            ],
            path: "Tests/TestServer",
            swiftSettings: strict
        ),
        .target(
            name: "CTestVFS", path: "Tests/CTestVFS",
            cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Wshadow", "-Werror"])],
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .target(
            name: "Simulation", dependencies: ["SeededRandom", "Statistics"], path: "Tests/Simulation",
            swiftSettings: strict),
        .executableTarget(
            name: "flakiness", dependencies: ["Simulation", arguments], path: "Tests/flakiness",
            swiftSettings: strict),
        .executableTarget(
            name: "experiments", dependencies: ["Simulation", "Statistics", arguments],
            path: "Tests/experiments", swiftSettings: strict),
        tests("Statistics", ["Statistics", "Simulation"]),
        tests("PromQL", ["PromQL", "SeededRandom"]),
        tests(
            "Ledger",
            ["Bytes", "CTestVFS", "Ledger", "MetricModel", "SeededRandom", "Statistics", "store"], grdb),
        tests("Delivery", ["CSnappy", "Delivery", "TestServer"]),
        tests("Pollers", ["MetricModel", "Pollers"], [crypto]),
        tests(
            "Service",
            [
                "Service", "OTLP", "CProtobuf", "Configuration", "Exposition", "Gzipped", "MetricModel",
                "SeededRandom", "Bytes", "Dedupe", "Derivation", "Folding", "Ledger", "Packs", "Registry",
                "Statistics",
                "TraceBuilder",
            ],
            nio + [logging, crypto]
        ),
        tests("Command", ["Ledger", "MetricModel", "TestServer", "TraceBuilder"], grdb),
    ]
)

// Benchmarks take the library package-benchmark: only for those who ask for them, see the head of
// Tests/Benchmarks/StageBenchmarks/StageBenchmarks.swift.
if Context.environment["SPANMETER_BENCHMARKS"] != nil {
    // No traits: its counters of allocations and reference counts would need two packages more.
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: [])
    )
    package.targets.append(
        .executableTarget(
            name: "StageBenchmarks",
            dependencies: ["Stages", "Traffic", .product(name: "Benchmark", package: "benchmark")],
            // The plugin takes what lies in a folder of this name.
            path: "Tests/Benchmarks/StageBenchmarks",
            swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        )
    )
}
