// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "swift-pooling",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PoolingCore", targets: ["PoolingCore"]),
        .library(name: "PoolingSQL", targets: ["PoolingSQL"]),
        .library(name: "PGDriver", targets: ["PGDriver"]),
        .library(name: "SQLiteDriver", targets: ["SQLiteDriver"]),
        .library(name: "MariaDBDriver", targets: ["MariaDBDriver"]),
        .library(name: "PoolingConfiguration", targets: ["PoolingConfiguration"]),
        .library(name: "PoolingObservability", targets: ["PoolingObservability"]),
        .library(name: "PoolingTestKit", targets: ["PoolingTestKit"]),
        .library(name: "PoolingCommandLine", targets: ["PoolingCommandLine"]),
        .executable(name: "pooling", targets: ["pooling"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["JSON", "YAML"]),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-service-context", from: "1.5.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The engine. Knows no backend.
        .target(
            name: "PoolingCore",
            dependencies: [
                "CPoolingShims",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "ServiceContextModule", package: "swift-service-context"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(name: "CPoolingShims"),

        // For driver authors and for our own proof.
        .target(name: "PoolingTestKit", dependencies: ["PoolingCore", "CPoolingShims"], swiftSettings: settings),
        .testTarget(name: "PoolingTestKitTests", dependencies: ["PoolingTestKit"], swiftSettings: settings),

        // The simulator at the command line.
        .executableTarget(
            name: "simulate",
            dependencies: [
                "PoolingTestKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        // Long runs against real servers, at the command line.
        .executableTarget(
            name: "soak",
            dependencies: [
                "PoolingTestKit", "PoolingCore", "PoolingSQL", "PGDriver", "MariaDBDriver",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        .testTarget(
            name: "SimulationTests",
            dependencies: ["PoolingTestKit", "PoolingCore", "simulate"],
            swiftSettings: settings
        ),
        // The contract of a driver, checked on wrong ones and on our own.
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["PoolingTestKit", "PoolingCore", "PoolingSQL", "SQLiteDriver"],
            swiftSettings: settings
        ),
        // The SQL vocabulary that drivers share.
        .target(name: "PoolingSQL", dependencies: ["PoolingCore"], swiftSettings: settings),

        // Pools from files, environment and URLs.
        .target(
            name: "PoolingConfiguration",
            dependencies: [
                "PoolingCore",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PoolingConfigurationTests",
            dependencies: [
                "PoolingConfiguration", "PoolingCore", "PoolingSQL", "SQLiteDriver", "PGDriver", "MariaDBDriver",
                "TestServers", "FileFuzz",
            ],
            swiftSettings: settings
        ),

        // Mutated files and URLs, for the test and for a long run.
        .target(
            name: "FileFuzz",
            dependencies: ["PoolingConfiguration", "PoolingCore", "SQLiteDriver", "PGDriver", "MariaDBDriver"],
            path: "Tests/Support/FileFuzz", swiftSettings: settings),
        .executableTarget(
            name: "fuzz-files", dependencies: ["FileFuzz"], path: "Tests/Support/FuzzFiles", swiftSettings: settings),

        // Metrics, traces and logs, as observers.
        .target(
            name: "PoolingObservability",
            dependencies: [
                "PoolingCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PoolingObservabilityTests",
            dependencies: [
                "PoolingObservability", "PoolingCore", "PoolingSQL", "PGDriver", "SQLiteDriver", "TestServers",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        // Drivers.
        .target(
            name: "PGDriver",
            dependencies: ["PoolingCore", "PoolingSQL", "CPoolingShims", "CLibPQ"],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .target(
            name: "MariaDBDriver",
            dependencies: ["PoolingCore", "PoolingSQL", "CPoolingShims", "CMariaDB"],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CMariaDB",
            pkgConfig: "libmariadb",
            providers: [.apt(["libmariadb-dev"]), .brew(["mariadb-connector-c"])]
        ),
        .target(
            name: "SQLiteDriver",
            dependencies: ["PoolingCore", "PoolingSQL", "CPoolingShims", "CSQLite"],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]
        ),

        .testTarget(name: "PoolingSQLTests", dependencies: ["PoolingSQL"], swiftSettings: settings),
        .testTarget(
            name: "PGDriverTests",
            dependencies: [
                "PGDriver", "PoolingSQL", "PoolingCore", "PoolingTestKit", "CLibPQ", "TestServers", "pooling", "soak",
            ],
            swiftSettings: settings
        ),
        // Real servers, for the tests of drivers.
        .target(
            name: "TestServers", dependencies: ["PoolingCore", "PoolingSQL", "PoolingTestKit"],
            path: "Tests/Support/Servers", swiftSettings: settings),
        .testTarget(
            name: "MariaDBDriverTests",
            dependencies: [
                "MariaDBDriver", "PoolingSQL", "PoolingCore", "PoolingTestKit", "CMariaDB", "TestServers", "pooling",
                "soak",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SQLiteDriverTests",
            dependencies: ["SQLiteDriver", "PoolingSQL", "PoolingCore", "CSQLite", "sqlite-crash-writer"],
            swiftSettings: settings
        ),
        // One program text, on every database.
        .testTarget(
            name: "ThreeDatabasesTests",
            dependencies: ["PoolingCore", "PoolingSQL", "SQLiteDriver", "PGDriver", "MariaDBDriver", "TestServers"],
            swiftSettings: settings
        ),
        // Is killed by the tests.
        .executableTarget(
            name: "sqlite-crash-writer",
            dependencies: ["SQLiteDriver", "PoolingSQL", "PoolingCore"],
            path: "Tests/Support/SQLiteCrashWriter",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PoolingCoreTests",
            dependencies: [
                "PoolingCore",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),

        // The command line.
        .target(
            name: "PoolingCommandLine",
            dependencies: [
                "CPoolingShims", "PoolingConfiguration", "PoolingCore", "PoolingSQL", "PoolingTestKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "pooling",
            dependencies: ["PoolingCommandLine", "PoolingSQL", "SQLiteDriver", "PGDriver", "MariaDBDriver"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PoolingCommandLineTests",
            dependencies: ["PoolingCommandLine", "PoolingTestKit", "TestServers", "pooling"], swiftSettings: settings),
    ]
)
