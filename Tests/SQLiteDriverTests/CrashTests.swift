import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A writer that is killed", .timeLimit(.minutes(5))) struct CrashTests {
    let scratch = try! Scratch()

    @Test(
        "leaves a sound database with every acknowledged commit and nothing uncommitted, time and again",
        arguments: [(SQLite.JournalMode.wal, 100), (.delete, 20)])
    func killed(mode: SQLite.JournalMode, kills: Int) async throws {
        // The same file throughout: what one crash leaves is what the next writer begins with.
        let driver = SQLite(path: scratch.path(), journalMode: mode)
        var total = 0
        for kill in 0..<kills {
            let first = kill * 1_000_000
            let load = Duration.milliseconds(Int.random(in: 5...60))
            let acknowledged = try await BlockingExecutor.shared.run {
                try CrashWriter(path: driver.path, mode: mode, first: first).run(killedAfter: load)
            }
            #expect(!acknowledged.isEmpty)
            try await driver.lending { handle, _ async throws in
                let verdict = try await handle.query("PRAGMA integrity_check").map { try $0.decode(String.self) }
                #expect(verdict == ["ok"])
                let survivors = try await numbers(in: "a", from: first, handle)
                #expect(try await numbers(in: "b", from: first, handle) == survivors, "half a transaction survived")
                #expect(survivors.count == Set(survivors).count, "a row is there twice")
                let lost = Set(acknowledged).subtracting(survivors)
                #expect(lost.isEmpty, "acknowledged and lost")
                #expect(survivors.allSatisfy { $0 % 5 != 0 }, "what was rolled back survived")
                // One for each of the writers may have been committed and not yet acknowledged.
                #expect(survivors.count <= acknowledged.count + 6)
                // What earlier writers left is untouched.
                total += survivors.count
                #expect(try await handle.int("SELECT count(*) FROM a") == total)
                #expect(try await handle.int("SELECT count(*) FROM b") == total)
            }
        }
        #expect(total > kills)
    }

    func numbers(in table: String, from first: Int, _ handle: SQLiteHandle) async throws -> [Int] {
        try await handle.query("SELECT number FROM \(identifier: table) WHERE number >= \(first) ORDER BY number")
            .map { try $0.decode(Int.self) }
    }
}

/// The executable `sqlite-crash-writer`, from its start to its end by a signal that can't be caught.
private struct CrashWriter {
    enum Failure: Error {
        case noExecutable(searched: [String])
        case silent(seconds: Int)
        case endedByItself(status: Int32)
        case tornAcknowledgement(bytes: Int)
    }

    var path: String
    var mode: SQLite.JournalMode
    var first: Int

    /// - Parameter load: counted from the first acknowledged commit.
    /// - Returns: the numbers of the commits that were acknowledged.
    func run(killedAfter load: Duration) throws -> [Int] {
        let process = Process()
        process.executableURL = try Self.executable.get()
        process.arguments = [path, mode.rawValue, String(first)]
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var said: [UInt8] = []
        let output = pipe.fileHandleForReading.fileDescriptor
        let patience = 60
        if try !Self.read(output, into: &said, until: .now + .seconds(patience), enough: 1) {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if process.terminationReason == .exit { throw Failure.endedByItself(status: process.terminationStatus) }
            throw Failure.silent(seconds: patience)
        }
        _ = try Self.read(output, into: &said, until: .now + load, enough: .max)
        kill(process.processIdentifier, SIGKILL)
        // To the end of the file: what was acknowledged before the kill may still be on its way.
        _ = try Self.read(output, into: &said, until: .now + .seconds(patience), enough: .max)
        process.waitUntilExit()
        guard process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGKILL else {
            throw Failure.endedByItself(status: process.terminationStatus)
        }
        guard said.count % 8 == 0 else { throw Failure.tornAcknowledgement(bytes: said.count) }
        return said.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map { Int(bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self)) }
        }
    }

    /// Reads until there is `enough`, the other side has closed, or the time is over.
    /// - Returns: whether there is enough.
    private static func read(
        _ descriptor: Int32, into said: inout [UInt8], until deadline: ContinuousClock.Instant, enough: Int
    ) throws -> Bool {
        var buffer = Array(repeating: UInt8(0), count: 1 << 16)
        while said.count < enough {
            let rest = deadline - .now
            guard rest > .zero else { return false }
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, Int32(rest / .milliseconds(1)) + 1) > 0 else { continue }
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return false }
            said += buffer.prefix(count)
        }
        return true
    }

    /// Beside the test bundle, or in a folder above what is in it. Looked for once, since each look at Foundation's
    /// bundles leaks a little.
    private static let executable: Result<URL, any Error> = Result {
        var searched: [String] = []
        let bundles = Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        for start in [Bundle.main.executablePath, CommandLine.arguments.first].compactMap(\.self) + bundles {
            var folder = URL(fileURLWithPath: start)
            for _ in 0..<5 {
                folder.deleteLastPathComponent()
                let candidate = folder.appendingPathComponent("sqlite-crash-writer").path
                if FileManager.default.isExecutableFile(atPath: candidate) { return URL(fileURLWithPath: candidate) }
                searched.append(candidate)
            }
        }
        throw Failure.noExecutable(searched: searched)
    }
}
