internal import ArgumentParser
internal import PGDriver
internal import PoolingCore
internal import PoolingTestKit

struct CrossTalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cross-talk",
        abstract: "Asks many short questions through a line that slices, cancels some, and looks for foreign answers.")

    @Option(help: "A server of PostgreSQL, on an address in numbers.") var url: String
    @Option(help: "How many questions.") var count = 1_000_000
    @Option(help: "Of what is drawn; a random one if it is not given.") var seed = UInt64.random(in: 1...999_999)
    @Option(help: "How many borrowers there are.") var clients = 12
    @Option(help: "How many connections they have.") var max = 6
    @Option(help: "The largest piece, in bytes, in which the line passes anything on; 0: it slices nothing.")
    var piece = 24

    func run() async throws {
        let server = try Postgres(url: url)
        let line = try Line(to: server, seed: seed)
        line.proxy.change { faults in
            faults.toServer.largestPiece = piece == 0 ? nil : piece
            faults.toClient.largestPiece = piece == 0 ? nil : piece
        }
        let observer = try Pool(server, configuration: PoolConfiguration(max: 1))
        let subject = PostgresTalk(name: "soak-\(seed)", observer: observer)
        var driver = line.driver
        driver.configuration.applicationName = subject.name
        let pool = try Pool(driver, configuration: PoolConfiguration(max: max))
        let places = (0..<clients).map { $0 % 2 == 0 ? Postgres.nextExecutor() : nil }
        let talk = CrossTalk(subject, on: pool, seed: seed, executors: places)
        let began = ContinuousClock.now
        Progress.say("cross-talk with seed \(seed): \(count) questions")
        let report = try await talk.run(count) { Progress.say("cross-talk: \($0) asked") }
        for pool in [pool, observer] { await pool.shutdown() }
        line.proxy.stop()
        print("cross-talk: seed \(seed), \(began.duration(to: .now)), \(report)")
        if report.faults > 0 { throw ExitCode(1) }
    }
}
