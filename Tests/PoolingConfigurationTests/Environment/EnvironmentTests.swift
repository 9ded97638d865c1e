import PoolingCore
import Testing

@testable import PoolingConfiguration

@Suite struct EnvironmentTests {
    private let text = """
        pools:
          main: {url: 'sqlite:a.db', max: 5}
          userJobs: {url: 'sqlite:b.db'}
          web-2: {url: 'sqlite:c.db'}
        """

    @Test(
        arguments: [
            ("userJobs", "POOLS_USER_JOBS_MAX"), ("web-2", "POOLS_WEB_2_MAX"), ("main", "POOLS_MAIN_MAX"),
        ]) func `the name of a pool is written in capitals, with underscores`(_ name: String, _ variable: String)
        async throws
    {
        let (registry, folder) = (try threeDriverRegistry(), Folder())
        folder.write(text)
        try await registry.fill(from: folder.file(environment: [variable: "17"]))
        #expect(try registry.pool(named: name).configuration.max == 17)
    }

    @Test func `a URL in the environment takes the place of the file's, with its parameters`() async throws {
        let (registry, folder) = (try threeDriverRegistry(), Folder())
        folder.write("pools: {main: {url: 'sqlite:a.db?pool_min=1', max: 5}}")
        try await registry.fill(
            from: folder.file(environment: ["POOLS_MAIN_URL": "postgres://app@db/app?pool_max=7"]))
        #expect(registry.listings.map(\.scheme) == ["postgres"])
        #expect(registry.listings.first?.configuration == .init(min: 0, max: 7))
    }

    @Test(
        arguments: [
            (
                ["POOLS_MAIN_MAXX": "1"],
                "environment variable POOLS_MAIN_MAXX overrides nothing; did you mean POOLS_MAIN_MAX?"
            ),
            (
                ["POOLS_SOMETHING_ELSE_ENTIRELY": "secret"],
                "environment variable POOLS_SOMETHING_ELSE_ENTIRELY overrides nothing: after POOLS_ come the name of a pool "
                    + "of this file, or DEFAULTS, and a key, as in POOLS_MAIN_MAX"
            ),
            (
                ["POOLS_MAIN_MAX": "secret"],
                "environment variable POOLS_MAIN_MAX is no whole number; write one, such as 10"
            ),
            (["POOLS_MAIN_MAX": ""], "environment variable POOLS_MAIN_MAX is no whole number; write one, such as 10"),
            (
                ["POOLS_DEFAULTS_ACQUIRE_TIMEOUT": "5"],
                "environment variable POOLS_DEFAULTS_ACQUIRE_TIMEOUT has no unit; write \(DurationNotation.examples)"
            ),
            (["POOLS_DEFAULTS_URL": "sqlite:x.db"], "environment variable POOLS_DEFAULTS_URL overrides nothing: after"),
            (
                ["POOLS_MAIN_MIN": "9"],
                "environment variable POOLS_MAIN_MIN is 9, but must not exceed max (5); max is set by pools.main.max "
                    + "(line 2)"
            ),
            (
                ["POOLS_MAIN_URL": "sqlite:a.db?pool_max=3", "POOLS_MAIN_MAX": "4"],
                "environment variable POOLS_MAIN_MAX is set twice, also by the parameter pool_max of environment "
                    + "variable POOLS_MAIN_URL; remove one of them"
            ),
            (["POOLS_MAIN_URL": "secret"], "environment variable POOLS_MAIN_URL begins with no scheme"),
            (
                ["POOLS_MAIN_PASSWORD": "secret", "POOLS_MAIN_PASSWORD_FILE": "secret"],
                "environment variable POOLS_MAIN_PASSWORD is set twice, also by environment variable "
                    + "POOLS_MAIN_PASSWORD_FILE; remove one of them"
            ),
        ]) func `a variable that is wrong is named, and its value is not`(
            _ environment: [String: String], _ sentence: String
        ) async throws
    {
        let found = try await mistakes(in: text, environment: environment)
        #expect(found.count == 1 && found[0].hasPrefix("pools.yaml: \(sentence)"), "\(found)")
        #expect(!found.joined().contains("secret"))
    }

    @Test(
        arguments: [("user-jobs", "userJobs"), ("a_b", "a-b"), ("Main", "main"), ("defaults", ""), ("Defaults", "")])
    func `two names that mean the same variables are an error`(_ name: String, _ other: String) async throws {
        let second = other.isEmpty ? "" : "\n  \(other): {url: 'sqlite:b.db'}"
        let found = try await mistakes(in: "pools:\n  \(name): {url: 'sqlite:a.db'}\(second)")
        #expect(found.count == 1)
        #expect(found.first?.contains("are set by the same environment variables, such as POOLS_") == true, "\(found)")
        // Where no variables are looked at, names may be as they like.
        let (registry, folder) = (try threeDriverRegistry(), Folder())
        folder.write("pools:\n  \(name): {url: 'sqlite:a.db'}\(second)")
        try await registry.fill(from: PoolFile("\(folder.path)/pools.yaml", environmentPrefix: nil, environment: [:]))
        #expect(registry.names.count == (other.isEmpty ? 1 : 2))
    }

    @Test func `no key's variable ends like another key's, which would make names of pools ambiguous`() {
        let keys = PoolLayers.poolKeys.map { EnvironmentOverrides(prefix: "X", in: [:]).name(of: $0).dropFirst(2) }
        #expect(keys.contains("ACQUIRE_TIMEOUT") && keys.contains("PASSWORD_FILE"))
        for key in keys { #expect(!keys.contains { $0.hasSuffix("_" + key) }, "\(key)") }
    }

    @Test func `the prefix is one's own choice`() async throws {
        let (registry, folder) = (try threeDriverRegistry(), Folder())
        let path = folder.write(text)
        let environment = ["SHOP_DB_MAIN_MAX": "8", "POOLS_NONSENSE": "1"]
        try await registry.fill(from: PoolFile(path, environmentPrefix: "SHOP_DB", environment: environment))
        #expect(try registry.pool(named: "main").configuration.max == 8)
        for wrong in ["", "pools", "POOLS-X", "1POOLS"] {
            await #expect(throws: PoolFileError.self, "\(wrong)") {
                try await threeDriverRegistry().fill(from: PoolFile(path, environmentPrefix: wrong, environment: [:]))
            }
        }
    }

    @Test func `without anything said the process's own environment counts`() async throws {
        let (registry, folder) = (try threeDriverRegistry(), Folder())
        folder.write("pools: {main: {url: 'postgres://app@db/app', password: {env: PATH}}}")
        try await registry.fill(from: PoolFile("\(folder.path)/pools.yaml"))
        #expect(registry.names == ["main"])
    }
}
