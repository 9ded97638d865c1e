// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "LifeOfAConnection",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In your own package: .package(url: …, from: …)
        .package(name: "swift-pooling", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "LifeOfAConnection",
            dependencies: [
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingSQL", package: "swift-pooling"),
                .product(name: "PGDriver", package: "swift-pooling"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        )
    ]
)
