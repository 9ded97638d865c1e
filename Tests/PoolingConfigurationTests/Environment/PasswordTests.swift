import Foundation
import PGDriver
import PoolingCore
import Testing

@testable import PoolingConfiguration

@Suite struct PasswordTests {
    /// A registry whose driver `lock` tells the password that it was given.
    private func registry() throws -> PoolRegistry {
        let registry = PoolRegistry()
        try registry.register("lock") { url, password in KeyDriver(url: url, password: password) }
        try registry.register("plain") { url in KeyDriver(url: url, password: nil) }
        return registry
    }

    /// What a connect of the pool `main` sees.
    private func seen(_ section: String, environment: [String: String] = [:], folder: Folder = Folder()) async throws
        -> String
    {
        let registry = try registry()
        folder.write("defaults: {password: {env: SHARED}}\npools: {main: {\(section)}}")
        try await registry.fill(
            from: folder.file(environment: environment.merging(["SHARED": "shared"]) { own, _ in own }))
        let seen = try await registry.pool(named: "main", of: KeyDriver.self).withConnection { $0 }
        await registry.shutdown()
        return seen
    }

    @Test func `a password comes from a file, a variable, the file of pools, or nowhere`() async throws {
        let folder = Folder()
        folder.write("from file\n", to: "secret")
        folder.write("two lines\n\n", to: "lines")
        let file = "password: {file: '\(folder.path)/secret'}"
        #expect(try await seen("url: 'lock:1', \(file)", folder: folder) == "lock:1 from file")
        #expect(try await seen("url: 'lock:1', password: {file: secret}", folder: folder) == "lock:1 from file")
        #expect(try await seen("url: 'lock:1', password: {file: lines}", folder: folder) == "lock:1 two lines\n")
        #expect(try await seen("url: 'lock:1', password: {env: KEY}", environment: ["KEY": "x y"]) == "lock:1 x y")
        #expect(try await seen("url: 'lock:1', password: 'null'") == "lock:1 null")
        #expect(try await seen("url: 'lock:1', password: null") == "lock:1 -")
        #expect(try await seen("url: 'lock:1'") == "lock:1 shared")
        let variables = ["POOLS_MAIN_PASSWORD": "hush"]
        #expect(try await seen("url: 'lock:1', \(file)", environment: variables, folder: folder) == "lock:1 hush")
        let files = ["POOLS_MAIN_PASSWORD_FILE": "\(folder.path)/secret"]
        #expect(try await seen("url: 'lock:1', password: other", environment: files) == "lock:1 from file")
        let shared = ["POOLS_DEFAULTS_PASSWORD_ENV": "KEY", "KEY": "y"]
        #expect(try await seen("url: 'lock:1'", environment: shared) == "lock:1 y")
    }

    @Test func `a driver that takes only a URL finds the password in it`() async throws {
        #expect(try await seen("url: 'plain://app@host/db?a=b', password: p@ss") == "plain://app:p%40ss@host/db?a=b -")
        #expect(try await seen("url: 'plain://app:own@host/db', password: null") == "plain://app:own@host/db -")
        let refused = try await mistakes(in: "pools: {main: {url: 'plain:x', password: hush}}", registry: registry())
        #expect(refused.count == 1 && refused[0].hasPrefix("pools.yaml:1:42: pools.main.password can't be used"))
    }

    @Test func `the content of the file is read at each connect`() async throws {
        let (folder, registry) = (Folder(), try registry())
        folder.write("first", to: "secret")
        folder.write("pools: {main: {url: 'lock:1', max: 1, password: {file: secret}}}")
        try await registry.fill(from: folder.file())
        let pool = try registry.pool(named: "main", of: KeyDriver.self)
        try await pool.withConnection { #expect($0 == "lock:1 first") }
        folder.write("second", to: "secret")
        pool.recycle(.all)
        try await pool.withConnection { #expect($0 == "lock:1 second") }
        #expect(try await registry.reload()["main"] == .unchanged, "the same source")
        try FileManager.default.removeItem(atPath: "\(folder.path)/secret")
        pool.recycle(.all)
        do {
            try await pool.withConnection(timeout: .milliseconds(300)) { _ in }
            Issue.record("there was a password")
        } catch let error as PoolError {
            #expect("\(error)".contains("the password could not be had"), "\(error)")
            #expect(!"\(error)".contains("second"))
        }
        await registry.shutdown()
    }

    @Test(
        arguments: [
            ("{file: none}", "file names a file that does not exist"),
            ("{file: .}", "file names a file that is no file that can be read"),
            ("{file: empty}", "file names a file that is empty"), ("{file: line}", "file names a file that is empty"),
            ("{file: bytes}", "file names a file that is no text in UTF-8"),
            ("{file: nul}", "file names a file that is a text with U+0000"),
            ("{file: large}", "file names a file that is larger than 64 KiB"), ("{file: ''}", "file is empty"),
            ("{file: null}", "file has no value"), ("{file: }", "file has no value"),
            ("{env: null}", "env has no value"),
            ("{env: NOBODY}", "env names an environment variable that is not set"),
            ("{env: EMPTY}", "env names an environment variable that is empty"),
            ("{env: hunter2!}", "env is no name of an environment variable"), ("''", " is empty"),
            ("[hunter2]", " is a list"), ("!!binary aHVudGVyMg==", " has a tag"),
        ]) func `a password that can't be had is found when the registry is filled`(_ value: String, _ sentence: String)
        async throws
    {
        let folder = Folder()
        for (name, bytes) in [
            ("empty", []), ("line", [10]), ("bytes", [0xFF, 0xFE]), ("nul", [65, 0, 66]),
            ("large", [UInt8](repeating: 65, count: 70_000)),
        ] { folder.write(bytes, to: name) }
        let found = try await mistakes(
            in: "pools:\n  main:\n    url: lock:1\n    password: \(value)", environment: ["EMPTY": ""], folder: folder,
            registry: registry())
        #expect(found.count == 1 && found[0].contains("pools.yaml:4:"), "\(found)")
        #expect(
            found.first?.contains("pools.main.password") == true && found.first?.contains(sentence) == true, "\(found)")
        #expect(!found.joined().contains("hunter2"))
    }

    @Test func `another source of the password needs a new pool`() async throws {
        let (folder, registry) = (Folder(), try registry())
        folder.write("one", to: "one")
        folder.write("one", to: "two")
        folder.write("pools: {main: {url: 'lock:1', password: {file: one}}}")
        try await registry.fill(from: folder.file())
        _ = try registry.pool(named: "main")
        folder.write("pools: {main: {url: 'lock:1', password: {file: two}}}")
        #expect(try await registry.reload()["main"] == .needsNewPool("password"))
        await registry.shutdown()
    }
}

/// Its connections say what they were opened with.
struct KeyDriver: PoolDriver {
    let url: String
    let password: PasswordProvider?

    func connect() async throws -> String { "\(url) \(try await password?() ?? "-")" }
    func validate(_ connection: String) async throws {}
    func close(_ connection: String, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
}
