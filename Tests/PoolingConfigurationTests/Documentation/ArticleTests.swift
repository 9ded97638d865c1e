import Foundation
import PoolingCore
import Testing

@testable import PoolingConfiguration

@Suite struct ArticleTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../").standardizedFileURL.path

    private static func article(_ name: String) throws -> String {
        try String(
            contentsOfFile: "\(root)/Sources/PoolingConfiguration/PoolingConfiguration.docc/\(name).md", encoding: .utf8
        )
    }

    /// What stands between ```language and ```.
    private static func samples(in article: String, _ language: String) throws -> [String] {
        try self.article(article).components(separatedBy: "\n```").dropFirst().filter { $0.hasPrefix("\(language)\n") }
            .map { String($0.dropFirst(language.count + 1)) }
    }

    @Test(arguments: ["PoolingConfiguration", "PoolsFromAFile"])
    func `every file of the articles is right`(_ article: String) async throws {
        let files = try Self.samples(in: article, "yaml") + Self.samples(in: article, "json")
        #expect(files.count == (article == "PoolsFromAFile" ? 3 : 1))
        for text in files {
            let folder = Folder()
            try FileManager.default.createDirectory(atPath: "\(folder.path)/secrets", withIntermediateDirectories: true)
            folder.write("secret", to: "secrets/db")
            let local = text.replacing("/run/secrets/db", with: "secrets/db")
            #expect(
                try await mistakes(in: local, environment: ["DB_PASSWORD": "secret"], folder: folder) == [], "\(text)")
        }
    }

    @Test(arguments: ["PoolingConfiguration", "PoolsFromAFile"])
    func `every program of the articles is compiled here`(_ article: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Samples.swift")
        let stripped = { (text: String) in
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
        }
        let compiled = stripped(try String(contentsOf: file, encoding: .utf8))
        let samples = try Self.samples(in: article, "swift")
        #expect(!samples.isEmpty)
        for sample in samples { #expect(compiled.contains(stripped(sample)), "\(sample)") }
    }

    @Test func `the mistakes of the overview are told as they stand there`() async throws {
        let sentences = try Self.samples(in: "PoolingConfiguration", "text")[0].split(separator: "\n").map(String.init)
        let file = """
            pools:
              cache:
                url: sqlite:/srv/cache.db
                max: 4
              main:
                url: postgres://app@db.internal/app

                max: ten
                idletimout: 5s
            """
        let found = try await mistakes(in: file, environment: ["POOLS_MAIN_MAXX": "9"])
        #expect(found == sentences)
    }

    @Test func `the table of keys names every setting, its notation, variable and parameter, and its default`() throws {
        let lines = try Self.article("PoolsFromAFile").split(separator: "\n").map(String.init)
        let environment = EnvironmentOverrides(prefix: "POOLS", in: [:])
        for setting in PoolSettings.all {
            let variable = environment.name(of: ["main"] + setting.path)
            let row = lines.first { $0.hasPrefix("| `\(setting.name)` |") }
            #expect(
                row?.hasPrefix("| `\(setting.name)` | \(setting.notation) | `\(variable)` | `\(setting.parameter)` | ")
                    == true,
                "\(setting.name): \(row ?? "no row"); \(setting.notation)")
            // What is written as the default is the default.
            let text = row?.split(separator: "|").last?.trimmingCharacters(in: .whitespaces) ?? ""
            var configuration = PoolConfiguration(
                min: 7, max: 77, minIdle: 7, validation: .never, maxUses: 7, maxWaiters: 7, leakThreshold: .seconds(7))
            try setting.write(text, &configuration)
            let written = Mirror(reflecting: configuration).children.first { $0.label == setting.path[0] }
            let usual = Mirror(reflecting: PoolConfiguration()).children.first { $0.label == setting.path[0] }
            #expect(
                "\(written.map { "\($0.value)" } ?? "")" == "\(usual.map { "\($0.value)" } ?? "")", "\(setting.name)")
        }
        #expect(lines.count { $0.hasPrefix("| `") && $0.contains("POOLS_MAIN_") } == PoolSettings.all.count + 2)
    }
}
