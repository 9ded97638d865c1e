// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// What the engine is measured against. A package of its own, so that nobody who uses the library builds it.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "engine-workloads", targets: ["EngineWorkloads"]),
        .executable(name: "sqlite-bare-loop", targets: ["BareLoop"]),
        .executable(name: "sqlite-mixed", targets: ["SQLiteMixed"]),
    ],
    dependencies: [
        .package(name: "swift-pooling", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The engine over connections to nothing.
        .executableTarget(
            name: "EngineWorkloads",
            dependencies: [
                "CEngineProbe",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingObservability", package: "swift-pooling"),
            ],
            swiftSettings: settings
        ),
        .target(name: "CEngineProbe"),
        // The C API alone, on threads of its own.
        .executableTarget(
            name: "BareLoop",
            dependencies: [
                "CBareSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings
        ),
        // Readers and writers of one file at the same time: our pools and GRDB's.
        .executableTarget(
            name: "SQLiteMixed",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingSQL", package: "swift-pooling"),
                .product(name: "SQLiteDriver", package: "swift-pooling"),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CBareSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]
        ),
    ]
)
