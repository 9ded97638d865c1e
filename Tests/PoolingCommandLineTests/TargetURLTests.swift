import Testing

@testable import PoolingCommandLine

@Suite("URLs of the command line")
struct TargetURLTests {
    @Test(
        "are shown without their passwords",
        arguments: [
            ("postgres://app:secret@db:5432/shop", "postgres://app:***@db:5432/shop"),
            ("postgres://app:se/c@ret@db/shop", "postgres://app:***@db/shop"),
            ("mariadb://app@db/shop?password=secret&tls=on", "mariadb://app@db/shop?password=***&tls=on"),
            ("mariadb://db/shop?SSLPassword=x&pool_max=3", "mariadb://db/shop?SSLPassword=***&pool_max=3"),
            ("sqlite:app.db", "sqlite:app.db"), ("sqlite:/a@b:c.db", "sqlite:/a@b:c.db"),
            ("postgres://app@db:5432/shop", "postgres://app@db:5432/shop"),
            ("postgres://app:pa?ss@db/x", "postgres://app:***@db/x"),
            ("postgres://app:se/cret@db/x?application_name=a@b", "postgres://app:***@b"),
            ("postgres:/app:secret@db/x", "postgres:/app:***@db/x"),
            ("postgres:app:secret@db/x", "postgres:app:***@db/x"), ("app:secret@db/x", "app:***@db/x"),
            ("host=db user=app password=secret", "***"), ("host=db user=app password=se:cret", "***"),
            ("host=::1 password=secret", "***"), ("Server=tcp:db;Password=secret", "***"),
            (
                "postgres://app@db:5432/x?application_name=a@b&password=secret&x=1",
                "postgres://app@db:***@b&password=***&x=1"
            ),
            ("postgres://app:se@db/x?password=sec@ret&x=1", "postgres://app:***@***&x=1"),
            (
                "postgres://app@db/x?application_name=a@b&password=secret",
                "postgres://app@db/x?application_name=a@b&password=***"
            ),
            ("mariadb://db/shop?p%61ssword=secret", "mariadb://db/shop?p%61ssword=***"), ("plain", "plain"),
        ])
    func shown(_ text: String, _ shown: String) {
        #expect(TargetURL(text).shown == shown)
    }

    @Test("show no word that may be a password where their driver says so, or no driver is known")
    func loneWord() {
        let url = TargetURL("redis://hush@host:6379/0", loneUserIsPassword: true)
        #expect(url.shown == "redis://***@host:6379/0" && url.redact("hush is wrong") == "*** is wrong")
        #expect(TargetURL("redis://app:hush@host", loneUserIsPassword: true).shown == "redis://app:***@host")
        #expect(TargetURL("redis://host/0", loneUserIsPassword: true).shown == "redis://host/0")
        var registry = DriverRegistry()
        registry.register(FakeBenchmark())
        registry.register(FakeBenchmark(name: "word", loneUserIsPassword: true))
        #expect(registry.url("fake://app@host").shown == "fake://app@host")
        #expect(registry.url("word://app@host").shown == "word://***@host")
        #expect(registry.url("unknown://app@host").shown == "unknown://***@host")
        let beside = registry.url("fake://app@host", password: "hush-canary")
        #expect(beside.shown == "fake://app@host" && beside.redact("no hush-canary here") == "no *** here")
    }

    @Test("take their passwords out of what others say, as written and decoded")
    func redacts() {
        let url = TargetURL("postgres://app:p%40ss@db/shop")
        #expect(url.redact("no entry for p@ss at app:p%40ss@db") == "no entry for *** at app:***@db")
        let whole = TargetURL("postgres://app:password@db/sh@op")
        #expect(whole.redact("password is wrong for sh") == "*** is wrong for sh")
        let late = TargetURL("postgres://app@db:5432/x?application_name=a@b&password=hush-canary")
        #expect(late.redact("hush-canary is wrong") == "*** is wrong")
        #expect(TargetURL("postgres://db:1/x?password=hush@canary").redact("hush@canary is wrong") == "*** is wrong")
        #expect(TargetURL("postgres://app:p@db:99999/shop").redact("the port is wrong") == "the port is wrong")
    }
}
