// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "ChooseYourDatabase",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In your own package: .package(url: …, from: …)
        .package(name: "swift-pooling", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "ChooseYourDatabase",
            dependencies: [
                .product(name: "PoolingCore", package: "swift-pooling"),
                .product(name: "PoolingSQL", package: "swift-pooling"),
                .product(name: "SQLiteDriver", package: "swift-pooling"),
                .product(name: "PGDriver", package: "swift-pooling"),
                .product(name: "MariaDBDriver", package: "swift-pooling"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        )
    ]
)
