// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // An async function runs where its caller does: a driver crosses no thread by itself.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "RedisDriver",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "RedisDriver", targets: ["RedisDriver"]),
        .executable(name: "redis-pooling", targets: ["redis-pooling"]),
    ],
    dependencies: [
        // In your own package: .package(url: …, from: …)
        .package(name: "swift-pooling", path: "../..")
    ],
    targets: [
        .target(
            name: "RedisDriver",
            dependencies: [.product(name: "PoolingCore", package: "swift-pooling")],
            swiftSettings: settings
        ),
        // `pooling` for this driver.
        .executableTarget(
            name: "redis-pooling",
            dependencies: ["RedisDriver", .product(name: "PoolingCommandLine", package: "swift-pooling")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RedisDriverTests",
            dependencies: [
                "RedisDriver", "redis-pooling",
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingTestKit", package: "swift-pooling"),
            ],
            swiftSettings: settings
        ),
    ]
)
