import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Standard error", .timeLimit(.minutes(1)))
struct SilenceTests {
    @Test("F31: stays empty, whatever the server has to say")
    func silence() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let observer = try Observer()
            let driver = Server.driver
            // A transaction that there is not, a warning, a statement that fails.
            try await driver.lending { (handle, _) async throws -> Void in
                try await handle.execute("ROLLBACK")
                try await handle.execute("DO $$ BEGIN RAISE WARNING 'mind the gap'; END $$")
                _ = try? await handle.execute("SELECT 1 / 0")
            }
            // An end while idle, one during a statement, a login that fails.
            let connection = try await driver.connect()
            let handle = driver.lend(connection, loan: .first)
            try await observer.terminate(try await handle.process())
            _ = try? await handle.query("SELECT 1")
            driver.reclaim(connection, loan: .first)
            await driver.close(connection)
            var stranger = driver
            stranger.configuration.database = "no_such_database"
            _ = try? await stranger.connect()
            await observer.end()
        }
        let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        // The test's own process says so when it begins.
        let lines = text.split(separator: "\n").filter {
            $0.contains("WARNING") || $0.contains("FATAL") || $0.contains("ERROR")
        }
        #expect(lines.isEmpty, "\(text)")
    }
}
