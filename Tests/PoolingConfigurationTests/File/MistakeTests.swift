import Foundation
import PoolingCore
import Testing

@testable import PoolingConfiguration

@Suite struct MistakeTests {
    /// A section of a pool `main`; its first line is the third one of the file.
    private func section(_ lines: String) -> String {
        let indented = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        return "pools:\n  main:\n" + indented.joined(separator: "\n") + "\n"
    }

    @Test(
        arguments: [
            ("max: ten", "4:10: pools.main.max is no whole number; write one, such as 10"),
            ("max: 2.5", "4:10: pools.main.max is no whole number; write one, such as 10"),
            ("max: 99999999999999999999", "4:10: pools.main.max is too large a number"),
            ("max: [1, 2]", "4:10: pools.main.max is a list and has to be a single value"),
            ("max: {of: 2}", "4:10: pools.main.max is a mapping and has to be a single value"),
            ("max:", "4:9: pools.main.max has no value; write one, or null where it may be none"),
            ("max: null", "4:10: pools.main.max is no whole number; write one, such as 10"),
            ("max: !!int 4", "4:10: pools.main.max has a tag (!…), and tags are not read"),
            ("maxx: 4", "4:5: pools.main.maxx is not known; did you mean max?"),
            ("acquire-timeout: 4s", "4:5: pools.main.acquire-timeout is not known; did you mean acquireTimeout?"),
            ("acquireTimeout: 5", "4:21: pools.main.acquireTimeout has no unit; write \(DurationNotation.examples)"),
            (
                "acquireTimeout: soon",
                "4:21: pools.main.acquireTimeout is no duration; write \(DurationNotation.examples)"
            ),
            ("acquireTimeout: never", "4:21: pools.main.acquireTimeout can't be none: no setting means for ever"),
            ("acquireTimeout: -5s", "4:21: pools.main.acquireTimeout is negative; durations are not"),
            ("lifetimeJitter: much", "4:21: pools.main.lifetimeJitter is no number; write one, such as 0.1"),
            ("validatesOnReturn: 1", "4:24: pools.main.validatesOnReturn is neither true nor false"),
            (
                "idleOrder: mostRecentlyUsd",
                "4:16: pools.main.idleOrder is none of its values; did you mean mostRecentlyUsed?"
            ),
            (
                "suspensionPolicy: sometimes",
                "4:23: pools.main.suspensionPolicy is none of its values, which are wait, fail"
            ),
            (
                "validation: perhaps",
                "4:17: pools.main.validation is no duration; write \(DurationNotation.examples); its other values are "
                    + "never, always"
            ),
            (
                "validation: {afterIdel: 2s}",
                "4:18: pools.main.validation.afterIdel is not known; did you mean afterIdle?"
            ),
            (
                "validation: {}",
                "4:17: pools.main.validation is no mapping that means anything; write it as in {afterIdle: 500ms}"
            ),
            ("backoff: {intial: 2s}", "4:15: pools.main.backoff.intial is not known; did you mean initial?"),
            (
                "backoff: 2s",
                "4:14: pools.main.backoff has to be a mapping; write it as in {initial: 50ms, multiplier: 2, cap: 10s}"
            ),
            ("backoff: {initial: [2s]}", "4:24: pools.main.backoff.initial has to be a single value"),
            (
                "backoff: {initial: 2}",
                "4:24: pools.main.backoff.initial has no unit; write \(DurationNotation.examples)"
            ),
            (
                "min: 20\nmax: 10",
                "4:10: pools.main.min is 20, but must not exceed max (10); max is set by "
                    + "pools.main.max (line 5)"
            ),
            ("min: 20", "4:10: pools.main.min is 20, but must not exceed max (10)"),
            ("max: 0", "4:10: pools.main.max is 0, but must be at least 1"),
            (
                "acquireTimeout: 0s",
                "4:21: pools.main.acquireTimeout is 0.0 seconds, but must be longer than zero; no "
                    + "setting means for ever"
            ),
            (
                "maxLifetime: 1 min",
                "4:18: pools.main.maxLifetime does not go with keepAliveInterval, which is "
                    + "120.0 seconds where nothing is said, but must be shorter than maxLifetime (60.0 seconds)"
            ),
            (
                "backoff: {cap: 1ms}",
                "4:20: pools.main.backoff.cap is 0.001 seconds, but must not be shorter than "
                    + "backoff.initial (0.05 seconds)"
            ),
            ("max: 4\nmax: 5", "5:5: pools.main.max stands twice; the first one is in line 4"),
            (
                "password: {file: a, env: B}",
                "4:15: pools.main.password is no mapping that means anything; write one of "
                    + "{file: /run/secrets/db} and {env: DB_PASSWORD}"
            ),
            ("password: {fil: a}", "4:16: pools.main.password.fil is not known; did you mean file?"),
            ("password: secret", "4:15: pools.main.password is given, but an SQLite database has none: leave it out"),
        ]) func `a mistake in a section is a sentence with its key and its line`(_ lines: String, _ sentence: String)
        async throws
    {
        let found = try await mistakes(in: section("url: sqlite:/srv/app.db\n\(lines)"))
        #expect(found == ["pools.yaml:" + sentence])
    }

    @Test(
        arguments: [
            ("max: 3", "pools.main has no url; write one, as in url: mariadb://user@host/database"),
            ("url: ''", "3:10: pools.main.url is empty; write a URL, as in mariadb://user@host/database"),
            ("url: null", "3:10: pools.main.url is empty; write a URL, as in mariadb://user@host/database"),
            (
                "url: app.db",
                "3:10: pools.main.url begins with no scheme; known are mariadb, mysql, postgres, "
                    + "postgresql, sqlite, sqlite3"
            ),
            (
                "url: postgrs://app@db",
                "3:10: pools.main.url begins with a scheme that no driver is registered for; did "
                    + "you mean postgres:?"
            ),
            (
                "url: odbc://app@db",
                "3:10: pools.main.url begins with a scheme that no driver is registered for; known "
                    + "are mariadb, mysql, postgres, postgresql, sqlite, sqlite3"
            ),
            (
                "url: 'postgres://app@db:port/app'",
                "3:10: pools.main.url is refused by its driver: the port of the 1st "
                    + "host is no such number, but must be from 1 to 65535; characters such as : / @ ? in a password must be "
                    + "escaped, as in %3A"
            ),
            (
                "url: 'postgres://db/app'",
                "3:10: pools.main.url is refused by its driver: the user is missing, but must "
                    + "be given, as in postgres://user@host/database: it is not taken from the operating system"
            ),
            (
                "url: 'sqlite:a.db?pool_mx=3'",
                "3:10: pools.main.url has the parameter pool_mx, which is not known; did "
                    + "you mean pool_max?"
            ),
            (
                "url: 'sqlite:a.db?pool_max=ten'",
                "3:10: the parameter pool_max of pools.main.url is no whole number; "
                    + "write one, such as 10"
            ),
            (
                "url: 'sqlite:a.db?pool_max=5'\nmax: 6",
                "4:10: pools.main.max is set twice, also by the parameter "
                    + "pool_max of pools.main.url; remove one of them"
            ),
            (
                "url: 'postgres://app:secret@db/app'\npassword: other",
                "3:10: pools.main.url is refused by its driver: "
                    + "the password is given twice, but must stand in the URL or beside it, not both"
            ),
            (
                "url: 'sqlite::memory:'\nmax: 4",
                "4:10: pools.main.max is 4, but a private in-memory database takes one "
                    + "connection; use max 1, a shared one (SQLite.inMemory(), or sqlite::memory:?name=shared as a URL) or "
                    + "a file"
            ),
            (
                "url: 'postgres://app@a,b/app'\nconnectTimeout: 2s",
                "3:10: pools.main.url is refused by its driver: "
                    + "connectTimeLimit is 10.0 seconds, but must not be longer than the pool's connectTimeout"
            ),
        ]) func `a URL that leads nowhere is found when the registry is filled`(_ lines: String, _ sentence: String)
        async throws
    {
        let found = try await mistakes(in: section(lines))
        #expect(found.count == 1)
        #expect(found.first?.contains(sentence) == true, "\(found)")
    }

    @Test func `a contradiction of defaults and section names both places`() async throws {
        let found = try await mistakes(
            in: """
                defaults:
                  max: 5
                pools:
                  main: {url: 'sqlite:a.db', min: 3}
                  jobs:
                    url: sqlite:b.db
                    min: 10
                """)
        #expect(
            found == [
                "pools.yaml:7:10: pools.jobs.min is 10, but must not exceed max (5); max is set by defaults.max (line 2)"
            ])
    }

    @Test func `all mistakes are told, in the order of the file, each of the defaults once`() async throws {
        let found = try await mistakes(
            in: """
                defaults:
                  max: many
                  url: sqlite:a.db
                pool: {}
                pools:
                  main:
                    url: sqlite:a.db
                    mim: 3
                    idleTimeout: 5
                  jobs:
                    max: 1
                  web: sqlite:c.db
                  "no name": {}
                """, environment: ["POOLS_JOBS_MIN": "x", "POOLS_MAIN_MAXX": "3", "POOLSMAIN": "3"])
        #expect(
            found == [
                "pools.yaml:2:8: defaults.max is no whole number; write one, such as 10",
                "pools.yaml:3:3: defaults.url can't be: each pool has a url of its own",
                "pools.yaml:4:1: pool is not known; did you mean pools?",
                "pools.yaml:8:5: pools.main.mim is not known; did you mean min?",
                "pools.yaml:9:18: pools.main.idleTimeout has no unit; write \(DurationNotation.examples)",
                "pools.yaml:10:3: pools.jobs has no url; write one, as in url: mariadb://user@host/database",
                "pools.yaml:12:8: a pool has to be a mapping of keys to values, as in {max: 10}",
                "pools.yaml:13:3: pools has a name that is none: letters, digits, - and _ make one, up to 64",
                "pools.yaml: environment variable POOLS_MAIN_MAXX overrides nothing; did you mean POOLS_MAIN_MAX?",
                "pools.yaml: environment variable POOLS_JOBS_MIN is no whole number; write one, such as 10",
            ])
    }

    @Test(
        arguments: [
            ("", "1:1: the file is empty"), ("# nothing\n", "1:1: the file is empty"),
            ("pools", "1:1: the file has to be a mapping with the key pools"),
            ("- pools", "1:1: the file has to be a mapping with the key pools"),
            ("{}", "1:1: the key pools is missing"), ("defaults: {max: 3}", "1:1: the key pools is missing"),
            ("pools: [main]", "1:8: pools has to be a mapping of names to pools"),
            ("pools:", "1:7: pools has to be a mapping of names to pools"),
            ("pools:\n  main: {url: sqlite:a.db", "the file is no YAML and no JSON here"),
            ("pools:\n\tmain: x", "2:1: the file is no YAML and no JSON here"),
            ("pools:\n  main: 'x", "the file is no YAML and no JSON here"),
            ("pools: {}\n---\npools: {}", "2:1: the file is no YAML and no JSON here"),
            ("pools: {}\npools: {}", "2:1: pools stands twice; the first one is in line 1"),
            ("pools: {a: *b}", "1:12: the file is no YAML and no JSON here"),
            ("a: &x 1\npools: {main: *x}", "2:15: the file has an anchor (&…) with its alias (*…), which are not read"),
            ("pools: {}\n\u{1}", "2:1: the file is no text here"),
        ]) func `a file that says nothing of pools is told so, with the line`(_ text: String, _ sentence: String)
        async throws
    {
        let found = try await mistakes(in: text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("pools.yaml:") == true)
        #expect(found.first?.contains(sentence) == true, "\(found)")
    }

    @Test func `a file that can't be read is told so`() async throws {
        let folder = Folder()
        let registry = try threeDriverRegistry()
        func sentence(_ name: String) async throws -> String {
            do {
                try await registry.fill(from: folder.file(name))
                return ""
            } catch let error as PoolFileError { return "\(error)".replacing(folder.path, with: "") }
        }
        #expect(try await sentence("none.yaml") == "/none.yaml: the file does not exist")
        #expect(
            try await sentence(".") == "/.: the file is no file that can be read: a folder, a pipe or a device")
        folder.write([0x70, 0x0A, 0xFF, 0x0A], to: "bytes.yaml")
        #expect(try await sentence("bytes.yaml") == "/bytes.yaml:2:1: the file is no text in UTF-8")
        folder.write(String(repeating: "#\n", count: PoolFile.greatestSize / 2 + 1), to: "large.yaml")
        #expect(try await sentence("large.yaml") == "/large.yaml: the file is larger than 1024 KiB")
        mkfifo("\(folder.path)/pipe", 0o600)
        #expect(
            try await sentence("pipe") == "/pipe: the file is no file that can be read: a folder, a pipe or a device")
        #expect(registry.names.isEmpty)
    }

    @Test func `JSON is read as it is written by programs: tabs, escapes and surrogate pairs`() async throws {
        let json = """
            \t{
            \t"pools":\t{
            \t\t"main":\t{"url":"sqlite:\\/srv\\/\\ud83d\\ude00\\u00e4.db","max":7,\t"idleTimeout":null}
            \t}
            }
            """
        #expect(
            try await mistakes(in: json.replacing("\t{\n", with: "{\n", maxReplacements: 1), named: "pools.json") == [])
        let wrong = try await mistakes(
            in: json.replacing("7", with: "\"x\"").trimmingPrefix("\t").description, named: "pools.json")
        #expect(wrong.count == 1 && wrong[0].contains("pools.json:3:") && wrong[0].contains("pools.main.max is no"))
        let broken = try await mistakes(
            in: "{\"pools\": {\"main\": {\"url\": \"sqlite:a.db\",, }}}", named: "pools.json")
        #expect(broken.count == 1 && broken[0].hasPrefix("pools.json:1:"))
    }

    @Test func `after a mistake nothing is defined, and a later file may be right`() async throws {
        let (registry, folder) = (try threeDriverRegistry(), Folder())
        #expect(
            try await mistakes(
                in: "pools: {a: {url: 'sqlite:a.db'}, b: {max: 3}}", folder: folder, registry: registry
            ).count == 1)
        #expect(registry.names.isEmpty)
        #expect(try await mistakes(in: "pools: {a: {url: 'sqlite:a.db'}}", folder: folder, registry: registry) == [])
        #expect(registry.names == ["a"])
    }
}
