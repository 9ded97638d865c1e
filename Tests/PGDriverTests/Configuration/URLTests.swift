import PGDriver
import PoolingCore
import Testing

@Suite("A PostgreSQL URL") struct URLTests {
    @Test(
        "says where and who",
        arguments: [
            ("postgres://app@db.example", "postgres://app@db.example:5432/app"),
            ("postgresql://app@db.example/shop", "postgres://app@db.example:5432/shop"),
            ("PostgreSQL://app@db.example:6432/shop", "postgres://app@db.example:6432/shop"),
            ("postgres://app@[::1]:6432/shop", "postgres://app@[::1]:6432/shop"),
            ("postgres://app@a:1,b,c:3/shop", "postgres://app@a:1,b:5432,c:3/shop"),
            ("postgres://app@a,[fe80::1]/shop", "postgres://app@a:5432,[fe80::1]:5432/shop"),
            ("postgres://app@/shop", "postgres://app@localhost:5432/shop"),
            ("postgres:///shop?user=app", "postgres://app@localhost:5432/shop"),
            ("postgres://app@:6432/shop", "postgres://app@localhost:6432/shop"),
            ("postgres://app@%2Frun%2Fpg/shop", "postgres://app@/run/pg:5432/shop"),
            ("postgres://app@/shop?host=/run/pg&port=6432", "postgres://app@/run/pg:6432/shop"),
            ("postgres:///?host=a,b&port=1,2&user=app&dbname=shop", "postgres://app@a:1,b:2/shop"),
            ("postgres://app@a,b/shop?port=6432", "postgres://app@a:6432,b:6432/shop"),
            ("postgres://m%C3%BCller@h/d%20b%2F%3F", "postgres://müller@h:5432/d b/?"),
            ("postgres://a%40b@h/x", "postgres://a@b@h:5432/x"),
            ("postgres://app@h/x?pool_min=2&pool_max=9", "postgres://app@h:5432/x"),
        ])
    func place(url: String, description: String) throws {
        #expect("\(try PostgresConfiguration(url: url))" == description)
    }

    @Test("takes options by libpq's names")
    func options() throws {
        let configuration = try PostgresConfiguration(
            url: "postgres://app:pw@db.example/shop?sslmode=verify-ca&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem"
                + "&sslcrl=/crl.pem&ssl_min_protocol_version=TLSv1.3&channel_binding=require&hostaddr=10.0.0.1"
                + "&target_session_attrs=read-write&application_name=a%20b&connect_timeout=3&statement_timeout=5s"
                + "&lock_timeout=250&idle_in_transaction_session_timeout=1ms&tcp_user_timeout=9s&requirepeer=postgres"
                + "&options=-c%20search_path%3Da%5C%20b%20--work-mem%3D5MB%20-cjit=off")
        #expect(configuration.tls.mode == .verifyCA && configuration.tls.rootCertificate == "/ca.pem")
        #expect(configuration.tls.clientCertificate == .init(certificate: "/c.pem", key: "/k.pem"))
        #expect(configuration.tls.revocationList == "/crl.pem" && configuration.tls.minimumVersion == .tls13)
        #expect(configuration.channelBinding == .require && configuration.targetSession == .readWrite)
        #expect(configuration.hosts == [PostgresHost("db.example", address: "10.0.0.1")])
        #expect(configuration.applicationName == "a b" && configuration.connectTimeout == .seconds(3))
        #expect(configuration.statementTimeout == .seconds(5) && configuration.lockTimeout == .milliseconds(250))
        #expect(configuration.idleInTransactionTimeout == .milliseconds(1))
        #expect(configuration.tcpUserTimeout == .seconds(9) && configuration.requiredPeer == "postgres")
        #expect(configuration.parameters == ["search_path": "a b", "work_mem": "5MB", "jit": "off"])
    }

    /// What must never come back in an error.
    private static let canary = "Zeisig"

    @Test(
        "F63: with a mistake is refused by the part at fault, and nothing of it is repeated",
        arguments: [
            ("mysql://Zeisig@h", "the URL's scheme"), ("Zeisig", "the URL's scheme"), ("", "begins with postgres://"),
            ("postgres://app:Zeisig@h:x/d", "the port of the 1st host"),
            ("postgres://app:Zeisig@a,b:70000/d", "the port of the 2nd host"),
            ("postgres://app@h:0/d", "from 1 to 65535"), ("postgres://app@h:+1/d", "from 1 to 65535"),
            ("postgres://app:a/Zeisig@h/d", "characters such as : / @ ? in a password must be escaped"),
            ("postgres://app:Zeisig%@h/d", "the URL's password is wrongly escaped"),
            ("postgres://app:Zeisig%4@h/d", "two hex digits"), ("postgres://app:%+1Zeisig@h/d", "two hex digits"),
            ("postgres://app:Zeisig%ff@h/d", "the URL's password is wrongly encoded"),
            ("postgres://app:Zeisig%00@h/d", "the URL's password is a text with %00"),
            ("postgres://%zz@h/d", "the URL's user"), ("postgres://app@%zz/d", "the URL's 1st host"),
            ("postgres://app@h/%zz", "the URL's database"), ("postgres://app@h/d?a=%zz", "the URL's 1st option"),
            ("postgres://app@::1/d", "[brackets]"), ("postgres://app@[::1/d", "must end with ]"),
            ("postgres://app@[::1]Zeisig/d", "after ] there may only be"),
            ("postgres://app@h/d?password=a&Zeisig", "the URL's 2nd option is written without ="),
            ("postgres://app@h/d?password=a&Zeisig=1", "the URL's 2nd option is not known"),
            ("postgres://app@h/d?sslmode=Zeisig", "sslmode is none of its values, but must be one of disable"),
            ("postgres://app@h/d?connect_timeout=Zeisig", "connect_timeout is no duration"),
            ("postgres://app@h/d?connect_timeout=-1", "connect_timeout is no duration"),
            ("postgres://app@h/d?connect_timeout=0", "more than zero"),
            ("postgres://app@h/d?statement_timeout=99999999999", "statement_timeout is no duration"),
            ("postgres://app@h/d?user=b&user=c", "user is given twice"),
            ("postgres://app@h/d?host=i", "host is given twice"),
            ("postgres://app@h/d?options=Zeisig", "options is something else"),
            ("postgres://app@h/d?options=-c%20a;b%3DZeisig", "a name that PostgreSQL can't have"),
            ("postgres://app@h/d?options=-c%20client_encoding%3Dlatin1", "it is UTF-8"),
            ("postgres://app@h/d?service=Zeisig", "no service or password files"),
            ("postgres://app@h/d?client_encoding=latin1", "always UTF-8"),
            ("postgres://app@a,b/d?port=1,2,3", "one for each host"),
            ("postgres://app@a,b/d?hostaddr=::1", "one address for each host"),
            ("postgres://h/d", "the user is missing"),
            ("postgres://app@h/d?sslmode=prefer", "plaintext with a host that is not loopback"),
            ("postgres://app@h/d?sslmode=require&sslrootcert=/Zeisig", "choose verify-full or verify-ca"),
            ("postgres://app@h/d?sslcert=/Zeisig", "tls.clientCertificate is empty"),
            ("postgres://app@h/d?sslmode=disable&channel_binding=require", "needs TLS"),
        ])
    func mistakes(url: String, hint: String) throws {
        let error = #expect(throws: PoolConfigurationError.self) { try PostgresConfiguration(url: url) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(hint), "\(text)")
        #expect(!text.contains(Self.canary), "\(text)")
    }

    @Test("F63: shows its password to nobody, whatever is printed of it")
    func secrecy() throws {
        let url = "postgres://app:Zeisig@h/d?sslcert=/c&sslkey=/k&sslpassword=Zeisig"
        let configuration = try PostgresConfiguration(url: url)
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(configuration.password, to: &dumped)
        dump(configuration.tls, to: &dumped)
        print(configuration, configuration.tls, configuration.password as Any, to: &dumped)
        debugPrint(configuration, configuration.tls, configuration.password as Any, to: &dumped)
        #expect(!dumped.contains(Self.canary) && dumped.contains("secret"), "\(dumped)")
    }

    @Test("F63: of any form is read or refused, and cut anywhere it is, too, without its password being told")
    func fuzz() throws {
        let marks = Array(":/@?&=%[],'\\ \0Z9é")
        let url = Array("postgres://app:Zeisig@[::1]:5432,b/d%20b?sslmode=require&options=-c%20a%3Db")
        for count in 0...url.count { try probe(String(url.prefix(count))) }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            var changed = url
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let mark = marks.randomElement(using: &random) ?? "x"
                // After the scheme, and not in the canary itself.
                let index =
                    [Int.random(in: 11..<15, using: &random), Int.random(in: 21..<url.count, using: &random)]
                    .randomElement(using: &random) ?? 21
                changed[index] = mark
            }
            try probe(String(changed))
        }
    }

    private func probe(_ url: String) throws {
        do {
            let configuration = try PostgresConfiguration(url: url)
            // Where the @ was lost, the password is a part of a host or of an option; it was asked for as such.
            _ = configuration.description
        } catch {
            #expect(!"\(error)".contains(Self.canary), "\(error)")
        }
    }
}
