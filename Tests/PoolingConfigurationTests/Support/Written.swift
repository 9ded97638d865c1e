import Foundation
import MariaDBDriver
import PGDriver
import PoolingConfiguration
import PoolingCore
import SQLiteDriver
import Synchronization

/// A folder that goes when the test does.
final class Folder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("pools-\(UUID().uuidString)").path
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// - Returns: its path.
    @discardableResult func write(_ text: String, to name: String = "pools.yaml") -> String {
        write(Array(text.utf8), to: name)
    }

    @discardableResult func write(_ bytes: [UInt8], to name: String = "pools.yaml") -> String {
        let file = "\(path)/\(name)"
        try! Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func file(_ name: String = "pools.yaml", environment: [String: String] = [:]) -> PoolFile {
        PoolFile("\(path)/\(name)", environment: environment)
    }
}

/// One that knows the three drivers.
func threeDriverRegistry(observers: [any PoolObserver] = []) throws -> PoolRegistry {
    let registry = PoolRegistry(observers: observers)
    try registry.register(Postgres.self)
    try registry.register(MariaDB.self)
    try registry.register(SQLite.self)
    return registry
}

/// Fills a registry from a file with this text.
/// - Returns: its sentences without the folder, or none if there is nothing wrong.
func mistakes(
    in text: String, named name: String = "pools.yaml", environment: [String: String] = [:], folder: Folder = Folder(),
    registry: PoolRegistry? = nil
) async throws -> [String] {
    let registry = try registry ?? threeDriverRegistry()
    folder.write(text, to: name)
    do {
        try await registry.fill(from: folder.file(name, environment: environment))
        return []
    } catch let error as PoolFileError {
        return error.mistakes.map { "\($0)".replacing(folder.path + "/", with: "") }
    }
}

/// The configuration of the pool `main` of a file with this text.
func configuration(of text: String, environment: [String: String] = [:]) async throws -> PoolConfiguration {
    let (registry, folder) = (try threeDriverRegistry(), Folder())
    folder.write(text)
    try await registry.fill(from: folder.file(environment: environment))
    return try registry.pool(named: "main").configuration
}
