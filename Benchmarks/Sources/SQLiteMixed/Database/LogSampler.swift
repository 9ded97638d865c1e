internal import Foundation
internal import PoolingCore

/// Looks at the size of the write-ahead log a few times a second.
struct LogSampler: Sendable {
    private let path: String
    /// A thread of its own, since the others are what is measured, and busy.
    private let executor = BlockingExecutor(name: "log-sampler", threads: 1)
    private let sampling: Task<Int, Never>

    /// Bytes.
    struct Sizes: Codable, Sendable {
        var largest: Int
        var final: Int
    }

    init(database: String) {
        let path = database + "-wal"
        self.path = path
        sampling = Task(executorPreference: executor) {
            var largest = 0
            while !Task.isCancelled {
                largest = max(largest, Self.size(path))
                try? await Task.sleep(for: .milliseconds(200))
            }
            return largest
        }
    }

    func finish() async -> Sizes {
        sampling.cancel()
        let final = Self.size(path)
        return Sizes(largest: max(await sampling.value, final), final: final)
    }

    /// 0 if there is none.
    private static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
