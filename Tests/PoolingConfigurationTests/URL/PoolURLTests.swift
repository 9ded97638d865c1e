import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@testable import PoolingConfiguration

@Suite struct PoolURLTests {
    @Test(
        arguments: [
            ("sqlite:a.db", "sqlite:a.db"), ("sqlite:a.db?", "sqlite:a.db?"), ("sqlite:a.db?&", "sqlite:a.db?&"),
            ("sqlite:a.db?pool_max=4", "sqlite:a.db"), ("sqlite:a.db?pool_max=4&x=1", "sqlite:a.db?x=1"),
            ("sqlite:a.db?x=%41&pool_max=4&y", "sqlite:a.db?x=%41&y"), ("a?pool_max=4&&x=ä", "a?&x=ä"),
            (
                "pg://u:p%40@h/d?sslmode=require&pool_min=1&options=-c%20a=b",
                "pg://u:p%40@h/d?sslmode=require&options=-c%20a=b"
            ),
            ("a?POOL_max=4", "a?POOL_max=4"), ("a?pool%5Fmax=4", "a"), ("a?x=pool_max=4", "a?x=pool_max=4"),
            ("a?pool_max=4#f", "a?pool_max=4#f"), ("a?%ZZ=1", "a?%ZZ=1"), ("", ""), ("?pool_max=4", ""),
        ]) func `the rest goes to the driver byte for byte`(_ text: String, _ url: String) throws
    {
        // What stands behind a # is a part of the last value.
        guard text != "a?pool_max=4#f" else {
            #expect(throws: PoolURLError.self) { try PoolURL(text) }
            return
        }
        #expect(try Array(PoolURL(text).url.utf8) == Array(url.utf8))
    }

    @Test(
        arguments: [
            ("a?pool_mx=3", "the URL has the parameter pool_mx, which is not known; did you mean pool_max?"),
            (
                "a?pool_aquire_timeout=3s",
                "the URL has the parameter pool_aquire_timeout, which is not known; did you mean "
                    + "pool_acquire_timeout?"
            ),
            (
                "a?x=1&pool_hunter2=3",
                "the URL has a pool_ parameter (its option number 2) that is not known; known are "
                    + "pool_min, "
            ),
            ("a?pool_max=3&pool_max=3", "the URL has the parameter pool_max twice"),
            ("a?pool_max", "the URL has the parameter pool_max without a value; write pool_max=…"),
            (
                "a?pool_max=hunter2",
                "the URL has the parameter pool_max, which is no whole number; write one, such as 10"
            ),
            (
                "a?pool_max=%4",
                "the URL has the parameter pool_max with a wrong escape; a % is followed by two hex digits"
            ),
            (
                "a?pool_acquire_timeout=5",
                "the URL has the parameter pool_acquire_timeout, which has no unit; write "
                    + DurationNotation.examples
            ),
        ]) func `a parameter that is wrong is named, and its value is not`(_ text: String, _ sentence: String)
    {
        let error = #expect(throws: PoolURLError.self) { try PoolURL(text) }
        #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `several mistakes are told at once`() {
        let error = #expect(throws: PoolURLError.self) { try PoolURL("a?pool_max=x&pool_mim=2&pool_min=y") }
        #expect(error?.description.split(separator: "\n").count == 3)
    }

    @Test func `a registry takes it without a file`() async throws {
        let registry = try threeDriverRegistry()
        let folder = Folder()
        try registry.define("main", PoolURL("sqlite:\(folder.path)/a.db?pool_max=4&busy_timeout=2s"))
        let base = PoolConfiguration(max: 9, maxUses: 5)
        try registry.define("jobs", PoolURL("sqlite:\(folder.path)/a.db?pool_max=3"), configuration: base)
        let pool = try registry.pool(named: "main", of: SQLite.self)
        #expect(pool.configuration == .init(max: 4) && pool.driver.busyTimeout == .seconds(2))
        #expect(try registry.pool(named: "jobs").configuration == .init(max: 3, maxUses: 5), "the URL counts more")
        #expect(try await pool.withConnection { try await $0.query("SELECT 1").count } == 1)
        await registry.shutdown()
    }

    @Test func `it shows nothing of itself`() throws {
        let url = try PoolURL("pg://app:hunter2@host/db?pool_max=3")
        var told = "\(url)"
        debugPrint(url, to: &told)
        dump(url, to: &told)
        #expect(!told.contains("hunter2"))
    }
}
