import Foundation
import PoolingCore
import PoolingSQL

/// One program, whichever database it is started on:
///
///     swift run ChooseYourDatabase                                          # an SQLite file in a temporary folder
///     swift run ChooseYourDatabase sqlite:bank.db
///     swift run ChooseYourDatabase postgres://app:secret@localhost/app
///     swift run ChooseYourDatabase mariadb://app:secret@localhost/app
///
/// It makes the tables `accounts` and `entries` anew, and drops them at the end. It says what it has found, and ends with
/// status 1 if that is not what was to be expected.
@main
struct ChooseYourDatabase {
    static func main() async {
        do {
            let folder = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }

            let url = CommandLine.arguments.dropFirst().first ?? "sqlite:\(folder.path)/bank.db"
            try await run(on: Databases.driver(for: url))
            return
        } catch {
            FileHandle.standardError.write(Data("ChooseYourDatabase: \(error)\n".utf8))
        }
        exit(1)
    }

    /// From here on nobody knows which database it is.
    static func run<Driver: SQLDriver>(on driver: Driver) async throws {
        let pool = try Pool(driver, name: "bank", configuration: .init(min: 1, max: 4))
        try await pool.warmUp()
        print("\(Driver.self) \(try await pool.withConnection { try await $0.serverVersion() })")

        let bank = Bank(pool: pool)
        try await bank.open()
        try await bank.useIt()
        try await Refusals(bank: bank).meetThem()
        try await bank.close()

        let statistics = pool.statistics
        print(
            "\(statistics.acquired) loans of \(statistics.connected) connections, \(statistics.resets) sessions put back"
        )
        try expect(statistics.acquired == statistics.released, "what was lent has come back")
        let report = await pool.shutdown(within: .seconds(5))
        try expect(report.isClean, "the shutdown had to force nothing")
        try expect(pool.statistics.connected == pool.statistics.closed, "what was opened is closed")
    }
}
