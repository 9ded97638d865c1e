internal import CBareSQLite
internal import Foundation
internal import Histogram

/// One thread of the bare loop.
///
/// Sendable because its variables are its thread's alone between `start()` and `finished`.
final class BareClient: @unchecked Sendable {
    private let database: BareDatabase
    private let statement: OpaquePointer
    private let begin: Int64
    private let end: Int64
    private var random: UInt64
    private(set) var latency = Histogram<UInt32>(highestTrackableValue: longest)
    private(set) var acquire = Histogram<UInt32>(highestTrackableValue: longest)
    private(set) var operations = 0
    private(set) var bytes = 0
    let finished = DispatchSemaphore(value: 0)

    private static let longest: UInt64 = 1 << 37

    init(number: Int, path: String, begin: Int64, end: Int64) throws {
        database = try BareDatabase(path: path)
        statement = try database.prepare("SELECT name FROM pooling_bench WHERE id = ?")
        self.begin = begin
        self.end = end
        random = (UInt64(number) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    }

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    func start() {
        Thread { [self] in
            loop()
            sqlite3_finalize(statement)
            finished.signal()
        }.start()
    }

    private func loop() {
        var began = Self.now()
        while began < end {
            let id = Int64(truncatingIfNeeded: 1 + ((nextChoice() >> 32) &* 100_000) >> 32)
            let acquired = Self.now()
            sqlite3_bind_int64(statement, 1, id)
            guard sqlite3_step(statement) == SQLITE_ROW, sqlite3_column_text(statement, 0) != nil else { return }
            bytes += Int(sqlite3_column_bytes(statement, 0))
            sqlite3_step(statement)
            sqlite3_reset(statement)
            let ended = Self.now()
            if ended >= begin, ended < end {
                operations += 1
                latency.record(min(UInt64(ended - began), Self.longest))
                acquire.record(min(UInt64(acquired - began), Self.longest))
            }
            began = ended
        }
    }

    private func nextChoice() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
