internal import MariaDBDriver
internal import PoolingSQL
internal import PoolingTestKit

extension MariaDB: SoakDatabase {
    var place: FaultProxy.Target {
        let host = configuration.hosts[0]
        return host.isUnixSocket ? .unix(path: host.name) : .tcp(host: host.name, port: host.port)
    }

    /// Statements are stopped through the proxy, too.
    func behind(_ port: Int, as name: String) -> MariaDB {
        var driver = self
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: port)]
        return driver
    }

    static func answer(_ text: String, padding: Int, after work: Duration) -> SQLQuery {
        let seconds = work / .seconds(1)
        if seconds == 0 { return "SELECT \(text), REPEAT('x', \(padding))" }
        return "SELECT \(text), REPEAT('x', \(padding)), SLEEP(\(seconds))"
    }

    static func series(_ text: String, _ count: Int) -> SQLQuery {
        "SELECT \(text), seq FROM seq_1_to_1000000000 WHERE seq <= \(count)"
    }

    /// A user's variable, which outlives the transaction: it is for the driver to see to it that it is not the next one's.
    static func remember(_ text: String) -> SQLQuery { "SELECT @talk := \(text)" }
    static var remembered: SQLQuery { "SELECT @talk" }

    static func severalResults(_ text: String, padding: Int, after work: Duration, of name: String) -> SQLQuery? {
        "CALL \(identifier: name)(\(text), \(padding), \(work / .seconds(1)))"
    }
    static func setUp(_ name: String) -> [SQLQuery] {
        let procedure: SQLQuery = """
            CREATE OR REPLACE PROCEDURE \(identifier: name)(answer TEXT, padding INT, seconds DOUBLE) BEGIN
                SELECT answer, REPEAT('x', padding);
                IF seconds > 0 THEN DO SLEEP(seconds); END IF;
                SELECT CONCAT(answer, ' of the second result'), seq FROM seq_1_to_20;
                SELECT CONCAT(answer, ' of the third result'), REPEAT('y', padding);
            END
            """
        return [procedure]
    }
    static func tearDown(_ name: String) -> [SQLQuery] { ["DROP PROCEDURE \(identifier: name)"] }

    static var session: SQLQuery { "SELECT CAST(CONNECTION_ID() AS CHAR)" }
    /// Sessions have no names, so that they are told by their user.
    static func sessions(of name: String) -> SQLQuery {
        """
        SELECT CAST(ID AS CHAR) FROM information_schema.PROCESSLIST
        WHERE USER = SUBSTRING_INDEX(USER(), '@', 1) AND ID <> CONNECTION_ID()
        """
    }
    static func stop(_ session: String) -> SQLQuery { "KILL QUERY \(unsafe: session)" }
    static func isStoppedMidway(_ error: SQLError) -> Bool { error.vendorCode == 1317 }
}
