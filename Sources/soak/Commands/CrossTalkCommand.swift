internal import ArgumentParser
internal import PoolingCore
internal import PoolingTestKit

struct CrossTalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cross-talk",
        abstract: "Asks many short questions through a line that slices, cancels some, and looks for foreign answers.")

    @Option(
        help: """
            A server of PostgreSQL or MariaDB, on an address in numbers; nobody else's sessions of its user may begin \
            meanwhile.
            """)
    var url: String
    @Option(help: "How many questions.") var count = 1_000_000
    @Option(help: "Of what is drawn; a random one if it is not given.") var seed = UInt64.random(in: 1...999_999)
    @Option(help: "How many borrowers there are.") var clients = 12
    @Option(help: "How many connections they have.") var max = 6
    @Option(help: "The largest piece, in bytes, in which the line passes anything on; 0: it slices nothing.")
    var piece = 24

    func run() async throws { try await talk(SoakDatabases.named(in: url)) }

    private func talk<Database: SoakDatabase>(_: Database.Type) async throws {
        let server = try Database(url: url)
        let name = "soak-\(seed)"
        let line = try Line(to: server, as: name, seed: seed)
        line.proxy.change { faults in
            faults.toServer.largestPiece = piece == 0 ? nil : piece
            faults.toClient.largestPiece = piece == 0 ? nil : piece
        }
        let observer = try Pool(server, configuration: PoolConfiguration(max: 1))
        let subject = try await SQLTalk(name: name, observer: observer)
        let pool = try Pool(line.driver, configuration: PoolConfiguration(max: max))
        let places = (0..<clients).map { $0 % 2 == 0 ? Database.nextExecutor() : nil }
        let talk = CrossTalk(subject, on: pool, seed: seed, executors: places)
        let began = ContinuousClock.now
        Progress.say("cross-talk with seed \(seed): \(count) questions")
        let report = try await talk.run(count) { Progress.say("cross-talk: \($0) asked") }
        await pool.shutdown()
        try await subject.end()
        await observer.shutdown()
        line.proxy.stop()
        print("cross-talk: seed \(seed), \(began.duration(to: .now)), \(report)")
        if report.faults > 0 { throw ExitCode(1) }
    }
}
