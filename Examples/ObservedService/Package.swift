// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "ObservedService",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In your own package: .package(url: …, from: …)
        .package(name: "swift-pooling", path: "../.."),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "ObservedService",
            dependencies: [
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingObservability", package: "swift-pooling"),
                .product(name: "PoolingSQL", package: "swift-pooling"),
                .product(name: "SQLiteDriver", package: "swift-pooling"),
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ObservedServiceTests",
            dependencies: [
                "ObservedService",
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingObservability", package: "swift-pooling"),
                .product(name: "PoolingSQL", package: "swift-pooling"),
                .product(name: "SQLiteDriver", package: "swift-pooling"),
            ],
            swiftSettings: settings
        ),
    ]
)
