import Foundation
import TestServers
import Testing

@testable import PoolingCommandLine

// One at a time: on a busy machine a short run may get no turn at all.
@Suite("The executable: bench --report, report", .serialized)
struct ReportOptionTests {
    private let quick = ["--duration", "200ms", "--warmup", "0s", "--clients", "2", "--executor", "default"]

    @Test("a page that can't be written is refused before anything is measured, and leaves no other file behind")
    func unwritable() async throws {
        let folder = try TestFolder()
        let (json, page) = (folder.path("a.json"), folder.path("none/a.html"))
        let refused = try await Tool.run(["bench", "--output", json, "--report", page])
        #expect(refused.code == 2 && refused.out.isEmpty)
        #expect(refused.err.contains("--report \(page) can't be written: No such file or directory"), "\(refused.err)")
        let folderItself = try await Tool.run(["bench", "--report", folder.url.path])
        #expect(folderItself.code == 2 && folderItself.err.contains("--report \(folder.url.path) can't be written"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test("the file of --output is not that of --report, however it is written")
    func same() async throws {
        let folder = try TestFolder()
        let file = folder.path("a.html")
        let result = try await Tool.run(["bench", "--output", file, "--report", folder.path("./x/../a.html")])
        #expect(result.code == 2 && result.err.contains("is the file of --output, too: each needs its own"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test("a bench that fails leaves no page, and one that was there is kept")
    func failure() async throws {
        let folder = try TestFolder()
        let (new, old) = (folder.path("new.html"), folder.path("old.html"))
        try "kept".write(toFile: old, atomically: true, encoding: .utf8)
        for file in [new, old] {
            let result = try await Tool.run([
                "bench", "--url", "sqlite:/nowhere/app.db", "--report", file,
            ])
            #expect(result.code == 3, "\(result.err)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["old.html"])
        #expect(try String(contentsOfFile: old, encoding: .utf8) == "kept")
    }

    @Test("the text stays as it is, and the last line says where the page is; no password is on it")
    func place() async throws {
        let folder = try TestFolder()
        let page = folder.path("a.html")
        let server = try await PostgresServer.shared
        let secret = PostgresServer.password
        let url = "postgres://\(PostgresServer.user):\(secret)@127.0.0.1:\(server.port)/app?sslmode=disable"
        let result = try await Tool.run(["bench", "--url", url, "--report", page] + quick)
        #expect(result.code == 0 && result.err == "report: \(page)\n", "\(result.err)")
        #expect(result.out.contains("operations/s"))
        let html = try String(contentsOfFile: page, encoding: .utf8)
        let shown = "postgres://\(PostgresServer.user):***@127.0.0.1:\(server.port)/app"
        #expect(html.contains("<code>\(shown)") && html.contains("<span>--url</span> <span>&#39;\(shown)"))
        #expect(!(html + result.out + result.err).contains(secret))
    }

    @Test("a page is made of an earlier JSON, with the same figures")
    func earlier() async throws {
        let folder = try TestFolder()
        let (json, first, second) = (folder.path("a.json"), folder.path("a.html"), folder.path("b.html"))
        let bench = try await Tool.run(["bench", "--format", "json", "--output", json, "--report", first] + quick)
        #expect(bench.code == 0, "\(bench.err)")
        let result = try await Tool.run(["report", json, "--output", second])
        #expect(result.code == 0 && result.out.isEmpty && result.err.isEmpty, "\(result.err)")
        let page = try String(contentsOfFile: second, encoding: .utf8)
        #expect(page == (try String(contentsOfFile: first, encoding: .utf8)))
        let printed = try await Tool.run(["report", json])
        #expect(printed.code == 0 && printed.out == page)
    }

    @Test("the page doesn't replace the JSON that it is made of")
    func itself() async throws {
        let folder = try TestFolder()
        let json = folder.path("a.json")
        let text = try ReportJSON.text(PageFixture.report)
        try text.write(toFile: json, atomically: true, encoding: .utf8)
        let refused = try await Tool.run(["report", json, "--output", folder.path("./x/../a.json")])
        #expect(refused.code == 2 && refused.err.contains("is the report itself"), "\(refused.err)")
        #expect(try String(contentsOfFile: json, encoding: .utf8) == text)
    }

    @Test("what is no report is refused by its name")
    func none() async throws {
        let folder = try TestFolder()
        let file = folder.path("a.json")
        let missing = try await Tool.run(["report", file])
        #expect(missing.code == 2 && missing.err.contains("\(file): there is no such file"), "\(missing.err)")
        try "{}".write(toFile: file, atomically: true, encoding: .utf8)
        let wrong = try await Tool.run(["report", file])
        #expect(wrong.code == 2 && wrong.err.contains("is not what 'pooling bench --format json' writes"))
        let nothing = try await Tool.run(["report"])
        #expect(nothing.code == 2)
    }
}
