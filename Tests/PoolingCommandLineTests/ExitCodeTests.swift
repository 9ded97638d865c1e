import Foundation
import Testing

@Suite("The executable: exit codes", .serialized)
struct ExitCodeTests {
    private let quick = ["--duration", "50ms", "--warmup", "0s", "--clients", "1", "--executor", "driver"]

    @Test(
        "are 2 for bad usage, with the option in the message and nothing on stdout",
        arguments: [
            (["--url", "oracle://x"], "--url oracle://x: no driver has this scheme; known ones are sqlite:"),
            (["--config", "x.yaml"], "--config"), (["--colour"], "--colour"),
            (["--min", "many"], "--min"), (["--min"], "--min"),
            (["--min", "5", "--max", "2"], "--min 5 is more than --max 2"),
            (["--clients", "0"], "--clients 0"), (["--duration", "0s"], "--duration 0s"),
            (["--workload", "dance"], "--workload dance"), (["--mode", "fast"], "--mode fast"),
            (["--executor", "main"], "--executor main"), (["--format", "xml"], "--format xml"),
            (["stray"], "stray"), (["--url", "sqlite:x.db?colour=red"], "colour"),
            (["--url", "sqlite:"], "--url sqlite:: path is '', but must name a file"),
            (["--url", "sqlite::memory:"], "max is 8, but a private in-memory database takes one connection"),
        ] as [([String], String)])
    func usage(_ arguments: [String], _ message: String) async throws {
        let result = try await Tool.run(["bench"] + arguments)
        #expect(result.code == 2)
        #expect(result.err.contains(message), "\(result.err)")
        #expect(result.out.isEmpty)
    }

    @Test("is 2 for an unknown command")
    func unknownCommand() async throws {
        let result = try await Tool.run(["dance"])
        #expect(result.code == 2)
    }

    @Test("is 0 for help, on stdout", arguments: [["--help"], ["bench", "--help"], ["drivers", "--help"]])
    func help(_ arguments: [String]) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.code == 0)
        #expect(result.out.contains("USAGE"))
        #expect(result.err.isEmpty)
    }

    @Test(
        "is 0 for a database in memory",
        arguments: [
            ["--url", "sqlite::memory:", "--min", "0", "--max", "1"], ["--url", "sqlite::memory:?name=bench"],
            ["--url", "sqlite::memory:", "--mode", "dedicated"],
        ])
    func memory(_ arguments: [String]) async throws {
        let result = try await Tool.run(["bench", "--workload", "insert"] + arguments + quick)
        #expect(result.code == 0, "\(result.err)")
        #expect(result.out.contains("sqlite::memory:"))
        #expect(result.err.isEmpty)
    }

    @Test("is 3 for the last of several that can't be reached, before the first is measured", .timeLimit(.minutes(1)))
    func lastOfSeveral() async throws {
        let folder = try TestFolder()
        let result = try await Tool.run(
            ["bench", "--url", "sqlite:a.db", "--url", "sqlite:missing/b.db", "--duration", "1h"], in: folder)
        #expect(result.code == 3 && result.out.isEmpty)
        #expect(result.err.contains("cannot connect to sqlite:missing/b.db"), "\(result.err)")
    }

    @Test("is 3 for a folder that is missing")
    func missingFolder() async throws {
        let folder = try TestFolder()
        let file = folder.path("missing/app.db")
        let result = try await Tool.run(["bench", "--url", "sqlite:\(file)"] + quick)
        #expect(result.code == 3)
        #expect(result.err.contains("cannot connect to sqlite:\(file)"), "\(result.err)")
        #expect(result.out.isEmpty)
    }

    @Test("is 3 for a folder in place of a file")
    func folderAsFile() async throws {
        let folder = try TestFolder()
        let result = try await Tool.run(["bench", "--url", "sqlite:\(folder.url.path)"] + quick)
        #expect(result.code == 3)
        #expect(result.err.contains(folder.url.path), "\(result.err)")
    }

    @Test("is 3 for a file that is no database, which stays as it is, byte for byte")
    func noDatabase() async throws {
        let folder = try TestFolder()
        let bytes = Data(String(repeating: "Dear diary, ", count: 1000).utf8)
        try bytes.write(to: folder.url.appendingPathComponent("diary.txt"))
        let result = try await Tool.run(["bench", "--url", "sqlite:\(folder.path("diary.txt"))"] + quick)
        #expect(result.code == 3)
        #expect(result.err.contains("diary.txt"), "\(result.err)")
        #expect(try Data(contentsOf: folder.url.appendingPathComponent("diary.txt")) == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["diary.txt"])
    }

    #if os(Linux)
        @Test("is 1 for a disk that is full before the data set is made")
        func fullDisk() async throws {
            let disk = try SmallDisk(size: "512k")
            let file = disk.folder.path("app.db")
            let result = try await Tool.run(["bench", "--url", "sqlite:\(file)"] + quick)
            #expect(result.code == 1)
            #expect(result.err.contains("the data set could not be made in sqlite:\(file)"), "\(result.err)")
            #expect(result.err.contains("full"), "\(result.err)")
            #expect(result.out.isEmpty)
        }

        @Test("is 1 for a disk that becomes full while the benchmark runs, and the report tells the errors")
        func diskFillsUp() async throws {
            let disk = try SmallDisk(size: "2m")
            let arguments = ["--mode", "pooled", "--workload", "insert", "--format", "json", "--duration", "3s"]
            let result = try await Tool.run(
                ["bench", "--url", "sqlite:\(disk.folder.path("app.db"))", "--warmup", "0s", "--clients", "1"]
                    + ["--executor", "driver"] + arguments)
            #expect(result.code == 1)
            #expect(result.err.contains("operations of insert"), "\(result.err)")
            #expect(result.err.contains("full"), "\(result.err)")
            let object = try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
            let errors = (object?["runs"] as? [[String: Any]])?.first?["errors"] as? Int
            #expect((errors ?? 0) > 0)
        }

        @Test("is 1 for a result that does not fit where --output says")
        func fullOutput() async throws {
            let result = try await Tool.run(["bench", "--output", "/dev/full"] + quick)
            #expect(result.code == 1)
            #expect(result.err.contains("could not be written to /dev/full"), "\(result.err)")
        }

        @Test("is 1 for a standard output that is full", arguments: [["drivers"], ["--help"]])
        func fullStandardOutput(_ arguments: [String]) async throws {
            let result = try await Tool.run(arguments, output: "/dev/full")
            #expect(result.code == 1)
            #expect(result.err.contains("could not be written to standard output: No space left"), "\(result.err)")
        }
    #endif

    @Test("is 2 for an --output that can't be written, before anything is run")
    func badOutput() async throws {
        let nameless = try await Tool.run(["drivers", "--output", ""])
        #expect(nameless.code == 2 && nameless.err == "Error: --output is empty: name a file\n", "\(nameless.err)")
        let folder = try TestFolder()
        for file in [folder.url.path, folder.path("missing/report.json")] {
            let result = try await Tool.run(["bench", "--output", file, "--duration", "1h"])
            #expect(result.code == 2)
            #expect(result.err.contains("--output \(file)"), "\(result.err)")
        }
    }
}

@Suite("The executable: drivers")
struct DriversExecutableTests {
    @Test("lists each driver with its schemes and workloads")
    func table() async throws {
        let result = try await Tool.run(["drivers"])
        #expect(result.code == 0)
        for word in ["sqlite", "URL schemes", "point-select", "read-write"] { #expect(result.out.contains(word)) }
    }

    @Test("lists them as JSON")
    func json() async throws {
        let result = try await Tool.run(["drivers", "--format", "json"])
        #expect(result.code == 0)
        let object = try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
        let driver = try #require((object?["drivers"] as? [[String: Any]])?.first)
        #expect(driver["name"] as? String == "sqlite")
        #expect((driver["schemes"] as? [String])?.contains("sqlite") == true)
    }
}
