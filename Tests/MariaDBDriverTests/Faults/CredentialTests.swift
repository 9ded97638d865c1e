import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Credentials of MariaDB", .timeLimit(.minutes(2)))
struct CredentialTests {
    @Test("F63: are in no error, event, statistic or dump of a pool, whatever goes wrong")
    func secrecy() async throws {
        let canary: SQLSecret = "canary-Zeisig-41d7"
        let server = try MariaDBServer.shared
        let changes: [@Sendable (inout MariaDBConfiguration) -> Void] = [
            { _ in }, { $0.database = "no_such_database" }, { $0.user = "no_such_user" },
            { $0.hosts = [MariaDBHost("127.0.0.1", port: 1)] }, { $0.hosts = [MariaDBHost("no-such-host.invalid")] },
            { $0.hosts = [MariaDBHost("/nowhere")] }, { $0.tls = MariaDBTLS(mode: .verifyFull) },
            { $0.user = "tls_only" }, { $0.user = "modern" },
            {
                $0.tls = MariaDBTLS(
                    mode: .require,
                    clientCertificate: .init(certificate: "/c", key: "/k", keyPassword: "canary-Zeisig-41d7"))
            },
            {
                $0.tls = MariaDBTLS(
                    mode: .require,
                    clientCertificate: .init(
                        certificate: server.certificate("client.crt"), key: server.certificate("server.key"),
                        keyPassword: "canary-Zeisig-41d7"))
            },
        ]
        var text = ""
        for change in changes {
            var configuration = server.driver(as: MariaDBServer.user).configuration
            configuration.password = .fixed(canary)
            change(&configuration)
            text += try await toldInVain(by: MariaDB(configuration))
            dump(configuration, to: &text)
            print(configuration, canary, to: &text)
        }
        // What the server refuses with the right password.
        for variables in [["no_such_variable": "1"], ["sql_mode": "NO_SUCH_MODE"]] {
            var driver = server.driver(as: MariaDBServer.user)
            driver.configuration.variables = variables
            text += try await toldInVain(by: driver)
        }
        #expect(text.count > 1000 && text.contains("no_such_database") && text.contains("no_such_variable"))
        #expect(!text.contains("Zeisig") && !text.contains(MariaDBServer.password))
    }

    @Test("F63: nor are the values of a statement that fails")
    func values() async throws {
        let server = try MariaDBServer.shared
        try await server.driver(as: MariaDBServer.user).lending { handle, _ async throws -> Void in
            try await handle.execute(
                """
                CREATE TEMPORARY TABLE told(t VARCHAR(50) PRIMARY KEY, n INT, d DATETIME, u UUID, e ENUM('a'), s SET('a'), \
                j JSON, y DECIMAL(2,1), g POINT)
                """)
            try await handle.execute(
                "CREATE OR REPLACE TABLE parted(v INT) PARTITION BY LIST(v) (PARTITION p VALUES IN (1))")
            let canary = "Zeisig"
            try await handle.execute("INSERT INTO told(t) VALUES(\(canary))")
            let queries: [SQLQuery] = [
                "INSERT INTO told(t) VALUES(\(canary))", "INSERT INTO told(t, n) VALUES(1, \(canary))",
                "INSERT INTO told(t, d) VALUES(2, \(canary))", "INSERT INTO told(t, u) VALUES(3, \(canary))",
                "INSERT INTO told(t, e) VALUES(4, \(canary))", "INSERT INTO told(t, s) VALUES(5, \(canary))",
                "INSERT INTO told(t, j) VALUES(6, \(canary))", "INSERT INTO told(t, y) VALUES(7, \(canary))",
                "INSERT INTO told(t, g) VALUES(8, \(canary))", "SELECT ST_GEOMFROMTEXT(\(canary), \(canary))",
                "SET sql_mode = \(canary)", "SET time_zone = \(canary)", "SET NAMES \(unsafe: "'Zeisig'")",
                "SELECT * FROM told WHERE t REGEXP \("(" + canary)", "SELECT \(unsafe: "Zeisig' FROM")",
                "SELECT CAST(\(canary) AS UUID) FROM told WHERE CAST(\(canary) AS UUID) = 1",
                "SELECT CONVERT('x' USING \(unsafe: "no_such")) FROM told WHERE t = \(canary)",
                "SET lc_time_names = \(canary)",
                "SELECT 'a' COLLATE \(unsafe: "utf8mb4_bin") WHERE \(canary) REGEXP '('",
                "INSERT INTO parted VALUES(\(7531))", "SELECT CONVERT(UNHEX('ff') USING utf8mb4) = \(canary)",
            ]
            var count = 0
            for query in queries {
                guard let error = try await sqlError({ try await handle.query(query) }) else { continue }
                count += 1
                #expect(!"\(error)".contains(canary) && !"\(error)".contains("7531"), "\(error)")
            }
            #expect(count >= 12)
        }
    }

    @Test("F63: in a URL are in none of the errors that any other character in its place makes")
    func urls() {
        let url =
            "mariadb://user:Zeisig@host:3306,[::1]:3307/app?sslmode=require&sslpassword=Zeisig&variable.sql_mode=Zeisig"
        let whole = Array(url)
        var refused = 0
        for place in whole.indices {
            for replacement in [
                "", "%", "%z", ":", "@", "/", "?", "#", "&", "=", "[", "]", ",", " ", "\u{0}", "%00", "é",
            ] {
                var text = whole
                text.replaceSubrange(place...place, with: Array(replacement))
                do {
                    let driver = try MariaDB(url: String(text))
                    _ = try Pool(driver)
                } catch {
                    refused += 1
                    var told = "\(error)"
                    dump(error, to: &told)
                    #expect(!told.contains("Zeisig"), "\(String(text)): \(told)")
                }
            }
        }
        #expect(refused > 300)
    }

    @Test("F67: that are changed under load cost no statement an error, and the provider is asked at each connect")
    func rotated() async throws {
        let (server, current) = (try MariaDBServer.shared, CurrentPassword("first"))
        try await server.driver(as: MariaDBServer.superuser).lending { administrator, _ async throws -> Void in
            try await administrator.execute("CREATE OR REPLACE USER rotated@127.0.0.1 IDENTIFIED BY 'first'")
            var driver = server.driver(as: "rotated")
            driver.configuration.database = nil
            driver.configuration.password = .provider { current.ask() }
            let statistics = try await rotating(driver) { number in
                // There is one only, so that a connect in between fails, and is tried again without its borrower's knowledge.
                let next = "next-\(number)"
                try await administrator.execute("ALTER USER rotated@127.0.0.1 IDENTIFIED BY '\(unsafe: next)'")
                current.change(to: next)
            }
            #expect(UInt64(current.asked) >= statistics.connected)
            #expect(statistics.timedOut == 0 && statistics.rejected == 0, "\(statistics)")
            #expect(try await eventually { try await server.sessions(of: "rotated") == 0 })
            try await administrator.execute("DROP USER rotated@127.0.0.1")
        }
    }

    @Test("F67: that are wrong are tried once in a back-off, so that no account is locked")
    func wrong() async throws {
        let current = CurrentPassword("wrong")
        var driver = try MariaDBServer.shared.driver(as: MariaDBServer.user)
        // The second one would say the same.
        driver.configuration.hosts += driver.configuration.hosts
        driver.configuration.password = .provider { current.ask() }
        let before = try await MariaDBServer.shared.counter("Access_denied_errors")
        let pool = try Pool(
            driver,
            configuration: PoolConfiguration(
                max: 4, backoff: Backoff(initial: .milliseconds(200), cap: .milliseconds(200)),
                outagePolicy: .failAfter(.milliseconds(50))))
        let began = ContinuousClock.now
        // However many ask.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        _ = try await pool.query("SELECT 1", timeout: .milliseconds(600))
                        Issue.record("it did connect")
                    } catch {
                        #expect("\(error)".contains("refuses user 'app' or the password"), "\(error)")
                    }
                }
            }
        }
        await pool.shutdown()
        let took = began.duration(to: .now) / .milliseconds(1)
        // The first four at once; then one each 100 ms on average.
        #expect(Double(current.asked) <= 8 + took / 20, "\(current.asked) attempts in \(took) ms")
        // Each of them at one server.
        let denied = try await MariaDBServer.shared.counter("Access_denied_errors") - before
        #expect(denied <= current.asked && denied > 0)
    }
}
