// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "WebService",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In your own package: .package(url: …, from: …)
        .package(name: "swift-pooling", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "WebService",
            dependencies: [
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingSQL", package: "swift-pooling"),
                .product(name: "PGDriver", package: "swift-pooling"),
                .product(name: "SQLiteDriver", package: "swift-pooling"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "WebServiceTests", dependencies: ["WebService"], swiftSettings: settings),
    ]
)
