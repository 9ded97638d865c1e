import PoolingCore
import Testing

@testable import PoolingConfiguration

/// Files that mean harm, or were not made for this. Each has to end, soon and with a sentence.
@Suite(.timeLimit(.minutes(2))) struct HostileFileTests {
    @Test func `aliases that multiply are refused before anything is made of them`() async throws {
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, last) in zip("bcdefghijklmnop", "abcdefghijklmno") {
            bomb += "\(name): &\(name) [\(Array(repeating: "*\(last)", count: 9).joined(separator: ","))]\n"
        }
        for text in [
            bomb + "pools: {}", bomb + "? *p\n: x\n", bomb + "{*p: 1, *o: 2}",
            "pools: {main: &m {url: 'sqlite:a', x: *m}}",
        ] {
            let found = try await mistakes(in: text)
            #expect(found.count == 1 && found[0].contains("has an anchor (&…) with its alias (*…)"), "\(found)")
        }
    }

    @Test(arguments: ["&a *b", "p&a=*b", "*a &b", "a*x&x", "&a", "*", "&", "* & * &"])
    func `signs that are no anchors and aliases are a text like any other`(_ password: String) async throws {
        let text = "pools: {main: {url: 'postgres://app@db/app', password: \"\(password)\"}}"
        #expect(try await mistakes(in: text) == [])
    }

    @Test(
        arguments: [
            ("[", ""), ("{a: ", ""), ("{", ""), ("- ", "x"), ("? ", "x"), ("[{a: ", ""), ("a: [", ""), ("!!x [", ""),
            ("&x [", ""), ("- - ", ""), ("? - ", ""), ("\"", ""), ("{? ", ""), ("[[]", ""), (": ", ""), ("a:\n ", ""),
        ]) func `deep nesting ends with a sentence`(_ part: String, _ core: String) async throws
    {
        for count in [10, 900, 1100, 20_000] {
            let found = try await mistakes(in: "pools: " + String(repeating: part, count: count) + core)
            #expect(found.count >= 1)
            let lines = try await mistakes(in: String(repeating: part, count: count) + core)
            #expect(lines.count >= 1)
        }
    }

    @Test(
        arguments: [
            String(repeating: "a", count: PoolFile.greatestSize), String(repeating: "[],", count: 60_000),
            "pools: {" + String(repeating: "x, ", count: 40_000) + "}",
            "pools: {main: {url: 'sqlite:\(String(repeating: "?", count: 200_000))'}}",
            "pools: {main: {url: 'sqlite:a?\(String(repeating: "pool_max&", count: 20_000))'}}",
            "pools:\n" + (0..<4_000).map { "  p\($0): {}\n" }.joined(),
            "pools: {main: {" + (0..<12_000).map { "k\($0): 1, " }.joined() + "}}",
            "pools: {main: {url: 'sqlite:a', max: \(String(repeating: "1", count: 200_000))}}",
            String(repeating: "&a ", count: 60_000), String(repeating: "*a &b ", count: 20_000),
        ].map(Large.init)) func `a large file ends with a sentence`(_ large: Large) async throws
    {
        let began = ContinuousClock.now
        let found = try await mistakes(in: large.text)
        #expect(found.count >= 1)
        #expect(ContinuousClock.now - began < .seconds(60))
    }

    /// Not shown when a test fails.
    struct Large: Sendable, CustomTestStringConvertible {
        let text: String
        var testDescription: String { "\(text.prefix(30))…" }
    }

    @Test func `keys that stand three times, in several mappings, are all named`() async throws {
        let found = try await mistakes(
            in: """
                pools:
                  main:
                    url: sqlite:a.db
                    max: 1
                    maxUses: 4
                    max: 2
                    "max": 3
                  jobs: {url: 'sqlite:b.db', min: 1, min: 2}
                  bat: {url: 'sqlite:b.db'}
                  cat: {url: 'sqlite:b.db'}
                  bat: {url: 'sqlite:b.db'}
                  cat: {url: 'sqlite:b.db'}
                  dog: {url: 'sqlite:b.db', hunter2: 1, hunter2: 3}
                """)
        #expect(
            found == [
                "pools.yaml:6:5: pools.main.max stands twice; the first one is in line 4",
                "pools.yaml:7:5: pools.main.max stands twice; the first one is in line 6",
                "pools.yaml:8:38: pools.jobs.min stands twice; the first one is in line 8",
                "pools.yaml:11:3: pools.bat stands twice; the first one is in line 9",
                "pools.yaml:12:3: pools.cat stands twice; the first one is in line 10",
                "pools.yaml:13:29: pools.dog has a key that is not known; known are \(FileKey.ofPool.joined(separator: ", "))",
                "pools.yaml:13:41: a key stands twice in one mapping; the first one is in line 13",
            ])
        let many = (0..<40).map { "    k\($0 % 20): 1\n" }.joined()
        #expect(try await mistakes(in: "pools:\n  main:\n\(many)").count >= 1)
    }

    @Test func `what a foreign driver says of a URL and a password is shown without them`() async throws {
        let registry = PoolRegistry()
        try registry.register("loose") { (url: String, password: PasswordProvider?) -> KeyDriver in
            throw Loose(text: "can't parse \(url) with hunter2pass, decoded hunter p@ss, key=tokentoken")
        }
        let url = "loose://app:hunter%20p%40ss@host.internal/db?key=tokentoken"
        for line in ["{url: '\(url)', password: hunter2pass}", "{url: 'loose:hunter2pass'}"] {
            let found = try await mistakes(in: "pools: {main: \(line)}", registry: registry)
            #expect(
                found.count == 1 && found[0].contains("pools.main.url is refused by its driver: can't parse"),
                "\(found)")
            #expect(
                !found[0].contains("hunter2pass") && (line.contains("key") ? !found[0].contains("tokentoken") : true))
        }
        let whole = try await mistakes(in: "pools: {main: {url: '\(url)'}}", registry: registry)
        #expect(!whole[0].contains("hunter p@ss") && !whole[0].contains("hunter%20"), "\(whole)")
    }

    struct Loose: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
