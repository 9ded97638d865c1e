internal import ArgumentParser
internal import PoolingCore
internal import PoolingSQL

struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Tells by how much the process grows while it streams, and what a connection of a pool costs.")

    @Option(help: "A server of PostgreSQL or MariaDB.") var url: String
    @Option(help: "How many rows are streamed.") var rows = 10_000_000
    @Option(help: "By how many MiB the process may grow meanwhile.") var limit = 64
    @Option(help: "How many connections the pool has.") var connections = 100

    func run() async throws { try await measure(SoakDatabases.named(in: url)) }

    private func measure<Database: SoakDatabase>(_: Database.Type) async throws {
        let driver = try Database(url: url)
        let (before, most) = try await streaming(driver)
        let growth = most - before
        print(
            "memory: \(rows) rows streamed, grown by \(growth >> 10) KiB from \(before >> 10); the limit is \(limit) MiB"
        )
        let threads = try await cost(driver)
        // Some open connections, or wait for all of them together; none may be there for a connection alone.
        if growth > limit << 20 || threads > connections / 2 { throw ExitCode(1) }
    }

    /// The memory of the process before, and the most of it at any time.
    private func streaming<Database: SoakDatabase>(_ driver: Database) async throws -> (before: Int, most: Int) {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        try await pool.warmUp()
        let before = Footprint.now.residentBytes
        var most = before
        try await pool.withConnection { handle in
            var next = 1
            for try await row in try await handle.stream(Database.series("of many rows", rows)) {
                guard try row.decode((String, Int).self) == ("of many rows", next) else { throw Disorder(place: next) }
                if next % 10_000 == 0 { most = max(most, Footprint.now.residentBytes) }
                if next % max(rows / 10, 1) == 0 { Progress.say("memory: \(next) rows") }
                next += 1
            }
            if next != rows + 1 { throw Disorder(place: next) }
        }
        await pool.shutdown()
        return (before, most)
    }

    /// Prints what a pool of so many connections, each of which has been used, has more than one with a single one.
    /// - Returns: how many threads more the process has then.
    private func cost(_ driver: some SoakDatabase) async throws -> Int {
        let pool = try Pool(driver, configuration: PoolConfiguration(min: 1, max: connections))
        try await use(pool, 1)
        let before = Footprint.now
        try await use(pool, connections)
        let after = Footprint.now
        let each = ((after.residentBytes - before.residentBytes) >> 10) / max(connections - 1, 1)
        print(
            "memory: a pool of \(connections) connections: \(each) KiB for each, "
                + "\(after.threads) threads, \(before.threads) with one connection")
        await pool.shutdown()
        return after.threads - before.threads
    }

    private func use<Database: SoakDatabase>(_ pool: Pool<Database>, _ count: Int) async throws {
        var leases: [SharedLease<Database>] = []
        for _ in 0..<count { leases.append(try await pool.lease().shared()) }
        for lease in leases { _ = try await lease.connection.query(Database.answer("", padding: 1000, after: .zero)) }
        for lease in leases { lease.release() }
    }

    struct Disorder: Error, CustomStringConvertible {
        var place: Int
        var description: String { "row \(place) is not what it should be" }
    }
}
