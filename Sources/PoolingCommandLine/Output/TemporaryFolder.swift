internal import Foundation

/// A folder for databases that nobody asked to keep.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws(CommandFailure) {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(kind: .unreachable, message: "no temporary folder could be made at \(path): \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
