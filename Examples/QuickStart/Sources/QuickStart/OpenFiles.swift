import Foundation

/// The descriptors of this process that belong to a database: the file itself, its log, its shared memory.
/// Empty where the system has no /proc.
func openFiles(of database: String) -> [String] {
    let folder = "/proc/self/fd"
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return
        descriptors
        .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        .filter { $0.hasPrefix(database) }
        .sorted()
}
