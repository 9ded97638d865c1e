internal import Foundation

/// A folder for databases that nobody asked to keep.
struct TemporaryFolder: ~Copyable {
    let path: String
    private let signals: SignalCleanUp

    init() throws(CommandFailure) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-\(UUID().uuidString)").path
        self.path = path
        signals = SignalCleanUp {
            Self.remove(path)
            OutputFile.discardUnwritten()
            // The shell's prompt comes next.
            TerminalProgress().clear()
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(kind: .unreachable, message: "no temporary folder could be made at \(path): \(error)")
        }
    }

    deinit { Self.remove(path) }

    /// Several times where clients that are still at work make new files in it meanwhile.
    private static func remove(_ path: String) {
        for _ in 0..<100 {
            try? FileManager.default.removeItem(atPath: path)
            if !FileManager.default.fileExists(atPath: path) { return }
        }
    }
}
