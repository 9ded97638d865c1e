import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A node of a cluster that serves nobody", .timeLimit(.minutes(2)))
struct ClusterTests {
    /// A node of Galera, alone in its cluster.
    private func node<R: Sendable>(_ body: (MariaDBServer) async throws -> R) async throws -> R {
        // Nobody else listens there: below the ports that the system gives to clients.
        let port = Int.random(in: 10_000..<15_000)
        return try await MariaDBServer.isolated(
            "binlog_format=ROW", "wsrep_on=ON", "wsrep_provider=/usr/lib/galera/libgalera_smm.so",
            "wsrep_cluster_address=gcomm://", "wsrep_node_address=127.0.0.1",
            "wsrep_provider_options=\"gmcast.listen_addr=tcp://127.0.0.1:\(port);gcache.size=1M\"", body: body)
    }

    @Test("F28: is left by the pool for the next host in the list, and taken again once it is ready")
    func rejecting() async throws {
        try await node { node in
            // Who is in already, and asks for nothing but variables.
            try await node.driver.asSuperuser.lending { (root, _) async throws -> Void in
                try await leave(node) { try await root.execute("SET GLOBAL wsrep_reject_queries = \(unsafe: $0)") }
            }
        }
    }

    private func leave(_ node: MariaDBServer, _ reject: (String) async throws -> Void) async throws {
        var driver = node.driver
        driver.configuration.hosts.append(MariaDBHost("127.0.0.1", port: try MariaDBServer.shared.port))
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 2, validation: .always))
        func place() async throws -> Int {
            try await pool.query("SELECT @@port").first?.decode(0, as: Int.self) ?? 0
        }
        #expect(try await place() == node.port)
        try await reject("ALL")
        // Found out by the check before a loan: no borrower is told.
        for _ in 0..<5 { #expect(try await place() != node.port) }
        #expect(pool.statistics.validationFailed > 0)
        try await reject("NONE")
        pool.recycle(.all)
        #expect(try await place() == node.port)
        // Found out by a statement: it was not executed, and all connections to the node go.
        let lease = try await pool.lease().shared()
        try await reject("ALL")
        let error = try await sqlError { try await lease.connection.query("SELECT seq FROM seq_1_to_3") }
        #expect(error?.kind == .notReady && error?.vendorCode == 1047, "\(error as Any)")
        lease.release()
        #expect(try await place() != node.port)
        await pool.shutdown()
    }

    /// What a server says that lets anybody in, and has `refusal` for every statement from the given one on.
    private func stub(refusingFrom first: Int) throws -> ScriptedServer {
        let refusal = ScriptedServer.error(1047, "08S01", "WSREP has not yet prepared node for application use")
        let accepted = (0..<first).flatMap { _ in [.readFrame, .write(ScriptedServer.fine)] as [ScriptedServer.Step] }
        return try ScriptedServer(ScriptedServer.welcome + accepted + [.readFrame, .write(refusal), .readToEnd])
    }

    @Test("F28: is no server during the login, whichever statement of it is refused", arguments: 0...1)
    func login(_ accepted: Int) async throws {
        let stub = try stub(refusingFrom: accepted)
        var driver = Server.driver
        let reachable = driver.configuration.hosts
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: stub.port)]
        let error = try await sqlError { await driver.close(try await driver.connect()) }
        #expect(error?.kind == .notReady && error?.vendorCode == 1047, "\(error as Any)")
        #expect(error?.message.contains("127.0.0.1:\(stub.port)") == true, "\(error as Any)")
        driver.configuration.hosts += reachable
        let pool = try Pool(driver)
        #expect(try await pool.query("SELECT @@port").first?.decode(0, as: Int.self) == reachable[0].port)
        await pool.shutdown()
    }

    @Test("F28: a deadlock is told as such to one of two transactions, whose connection goes on")
    func deadlock() async throws {
        let pool = try Pool(Server.driver, configuration: PoolConfiguration(max: 2))
        try await pool.execute("CREATE OR REPLACE TABLE deadlocked(id INT PRIMARY KEY, v INT) ENGINE=InnoDB")
        try await pool.execute("INSERT INTO deadlocked VALUES(1, 0), (2, 0)")
        let both = Rendezvous(2)
        let errors = try await withThrowingTaskGroup(of: SQLError?.self) { group in
            for (mine, other) in [(1, 2), (2, 1)] {
                group.addTask {
                    try await sqlError {
                        try await pool.transaction { handle in
                            try await handle.execute("UPDATE deadlocked SET v = v + 1 WHERE id = \(mine)")
                            await both.arrive()
                            try await handle.execute("UPDATE deadlocked SET v = v + 1 WHERE id = \(other)")
                        }
                    }
                }
            }
            return try await group.reduce(into: [SQLError]()) { if let error = $1 { $0.append(error) } }
        }
        #expect(errors.map(\.kind) == [.deadlock] && errors.first?.vendorCode == 1213, "\(errors)")
        #expect(errors.first?.sqlState == "40001")
        // What the other one has done is there, once.
        let sum = try await pool.query("SELECT CAST(SUM(v) AS INTEGER) FROM deadlocked").first?.decode(0, as: Int.self)
        #expect(sum == 2)
        #expect(pool.statistics.closed == 0)
        try await pool.execute("DROP TABLE deadlocked")
        await pool.shutdown()
    }
}
